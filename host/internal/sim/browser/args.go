package browser

import (
	"fmt"
	"os"
	"strings"
)

// arguments is the command line: a quiet browser that talks to nobody but the
// pages under test.
func arguments(opt Options) []string {
	size := opt.WindowSize
	if size == (Size{}) {
		size = Size{1280, 800}
	}
	args := []string{
		"--remote-debugging-pipe",
		"--enable-unsafe-extension-debugging",
		"--user-data-dir=" + opt.UserDataDir,
		fmt.Sprintf("--window-size=%d,%d", size.Width, size.Height),
		"--lang=it",
		"--no-first-run",
		"--no-default-browser-check",
		"--disable-background-networking",
		"--disable-component-update",
		"--disable-sync",
		"--disable-breakpad",
		"--disable-crash-reporter",
		"--disable-search-engine-choice-screen",
		"--disable-features=Translate", // its bubble would cover the page's corner
		"--disable-dev-shm-usage",
		// A page behind another one must go on as a visible one does.
		"--disable-background-timer-throttling",
		"--disable-backgrounding-occluded-windows",
		"--disable-renderer-backgrounding",
		"--password-store=basic",
		"--use-mock-keychain",
		"--test-type", // no warning bar about the flags
	}
	if opt.Headless {
		args = append(args, "--headless=new", "--disable-gpu", "--hide-scrollbars", "--force-prefers-reduced-motion")
	}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // Chromium refuses to start as root otherwise
	}
	if len(opt.TrustSPKI) > 0 {
		args = append(args, "--ignore-certificate-errors-spki-list="+strings.Join(opt.TrustSPKI, ","))
	}
	if len(opt.Public) > 0 {
		args = append(args, "--ip-address-space-overrides="+strings.Join(opt.Public, "=public,")+"=public")
	}
	return append(args, "about:blank")
}
