package house

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "raccordo/"

// pkg is what `go list -json` says of a package.
type pkg struct {
	ImportPath string
	Dir        string
	Doc        string
	Standard   bool
	Imports    []string
	Deps       []string
	GoFiles    []string
	CgoFiles   []string
}

// systems are those that Raccordo is built for; a file of one system must not
// import what the others may not.
var systems = []string{"linux", "windows", "darwin"}

// list returns all packages of the program and all they are made of.
func list(t *testing.T, system string) map[string]pkg {
	t.Helper()
	// `go test` must not take a result of other sources for this one's.
	if err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			_, err = os.Stat(path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,Doc,Standard,Imports,Deps,GoFiles,CgoFiles", "./host/...", "./manifests/...")
	cmd.Dir = "../../.."
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	if system == "linux" {
		cmd.Env = append(cmd.Env, "CGO_ENABLED=1")
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	all := map[string]pkg{}
	for dec := json.NewDecoder(out); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, ok := all[module+"host/cmd/raccordo-host"]; !ok {
		t.Fatalf("go list names %d packages and not the relay", len(all))
	}
	return all
}

// own tells the packages of this program; short is a path without the module
// and host/.
func own(p pkg) bool { return strings.HasPrefix(p.ImportPath, module) }

func short(importPath string) string {
	s := strings.TrimPrefix(importPath, module)
	s = strings.TrimPrefix(s, "host/")
	return strings.TrimPrefix(s, "internal/")
}

// under tells whether a short path is one of names or beneath one.
func under(short string, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return short == n || strings.HasPrefix(short, n+"/") })
}

// rule forbids imports. It looks at every pair of a package of ours and what
// it imports directly, or by whatever way when deep.
type rule struct {
	name   string
	reason string
	deep   bool
	from   func(from string) bool                    // short path of the importing package
	broken func(imported string, standard bool) bool // path as in the import; ours are short
}

func in(names ...string) func(string) bool {
	return func(s string) bool { return under(s, names...) }
}

func except(names ...string) func(string) bool {
	return func(s string) bool { return !under(s, names...) }
}

func imports(names ...string) func(string, bool) bool {
	return func(s string, _ bool) bool { return under(s, names...) }
}

// exactly spares what lies beneath.
func exactly(names ...string) func(string) bool {
	return func(s string) bool { return slices.Contains(names, s) }
}

// relay is all that the relay may be made of besides the standard library.
var relay = []string{"wire", "frame", "ipc", "golang.org/x/sys", "github.com/Microsoft/go-winio"}

// leaves know one thing each.
var leaves = []string{"wire", "frame", "ipc", "card", "region", "ricetta", "outbox", "prompt", "config", "secret", "logx", "register", "session", "loopback", "proxy", "wake", "signature", "remotesign", "spool", "pdf", "printing"}

var rules = []rule{
	{"wire and frame stand on the standard library", "they are linked into every program, the relay included, and generate what the extension speaks", true,
		exactly("wire", "frame"), func(_ string, standard bool) bool { return !standard }},
	{"the relay is small", "browsers start it often: it must start in milliseconds and hold nothing worth stealing", true,
		exactly("cmd/raccordo-host"), func(s string, standard bool) bool { return !standard && !under(s, relay...) }},
	{"the relay opens no network", "frames pass over the local socket only", true,
		exactly("cmd/raccordo-host"), imports("net/http", "crypto/tls")},
	{"only card speaks PC/SC", "one place knows the reader's faults, and the rest is testable without a reader", false,
		except("card"), imports("github.com/ebfe/scard")},
	{"card speaks PC/SC in its own package", "the worker holds the PKCS#11 module and nothing else", false,
		in("card/worker"), imports("github.com/ebfe/scard")},
	{"only the worker loads PKCS#11", "a vendor's module that crashes must crash the child process alone; the soak's bare baseline is no product", false,
		except("card/worker", "sim/soak"), imports("github.com/miekg/pkcs11")},
	{"only card calls C libraries without cgo", "what is loaded at run time is PC/SC or, in the worker, a PKCS#11 module", false,
		except("card"), imports("github.com/ebitengine/purego")},
	{"no simulator in the products", "a virtual card or a test CA in a doctor's program would be a way in", true,
		exactly("cmd/raccordo", "cmd/raccordo-host", "cmd/raccordo-render"), imports("sim", "cmd/raccordo-sim")},
	{"no simulator in the parts", "the parts are what the simulator tests", true,
		except("sim", "cmd/raccordo-sim", "house"), imports("sim")},
	{"leaves do not import up", "vocabulary ← parts ← engine ← agent ← programs, never back", true,
		in(leaves...), imports("engine", "agent", "cmd")},
	{"the engine knows no process and no socket", "it is tested without either; the agent is what listens", true,
		in("engine"), imports("agent", "ipc", "cmd")},
	{"the agent is imported by the program only", "it is the top of the arrow", false,
		except("cmd/raccordo"), imports("agent")},
	{"only the agent knows the service manager", "kardianos/service works in its init: every other program would pay for it", false,
		except("agent"), imports("github.com/kardianos/service")},
	{"the engine is imported by agent and program only", "whoever else wants something of it asks over the wire", false,
		except("agent", "cmd/raccordo"), imports("engine")},
	{"only the outbox knows its database", "what is exactly once has one owner", false,
		except("outbox"), imports("go.etcd.io/bbolt")},
	{"only programs parse command lines", "a part that read os.Args could not be tested twice", false,
		except("cmd/raccordo", "cmd/raccordo-sim"), imports("github.com/alecthomas/kong")},
	{"only prompt, card, the renderer, the relay, the service and the way to a browser start processes", "no field of a message is ever a command", false,
		except("prompt", "card", "printing/render", "agent", "loopback", "proxy", "cmd/raccordo-host", "sim", "cmd/raccordo-sim", "house"), imports("os/exec")},
	{"only proxy runs scripts", "a PAC file is somebody else's program", false,
		except("proxy"), imports("github.com/dop251/goja")},
	{"only secret knows the keyring", "the data key has one owner", false,
		except("secret"), imports("github.com/zalando/go-keyring")},
	{"HTTP is the region's, the signature services' and the spooler's", "endpoints come from a region's profile, from certificates of its trust list and from the print system's settings, and from nowhere else", false,
		except("region", "proxy", "loopback", "remotesign", "signature/timestamp", "signature/revocation", "signature/verify", "printing/ipp", "sim", "cmd/raccordo-sim"), imports("net/http")},
	{"card stands alone", "region, card, outbox and prompt meet in the engine", true,
		in("card"), imports("region", "outbox", "prompt", "session", "secret", "config")},
	{"region stands alone", "region, card, outbox and prompt meet in the engine", true,
		in("region"), imports("card", "outbox", "prompt", "session", "secret", "config")},
	{"outbox stands alone", "it asks its sender through an interface of its own", true,
		in("outbox"), imports("region", "card", "prompt", "session", "secret", "config")},
	{"prompt stands alone", "it shows texts and knows no card and no region", true,
		in("prompt"), imports("region", "card", "outbox", "session", "secret", "config", "ricetta", "wire")},
	{"signature stands alone", "a format knows no card and no service: it says what is to be signed and takes the value", true,
		in("signature"), imports("region", "card", "outbox", "prompt", "session", "secret", "config", "remotesign")},
	{"remotesign stands alone", "its windows and its store come from the engine", true,
		in("remotesign"), imports("card", "outbox", "prompt", "session", "secret", "config")},
	{"printing stands alone", "it brings PDFs onto paper and knows no prescription at a region, no card and no window", true,
		in("printing"), imports("region", "card", "outbox", "prompt", "session", "config", "signature", "remotesign")},
	{"only the renderer draws pages", "a PDF of a stranger is interpreted in a program that holds nothing, and the agent does not pay for its weight", false,
		except("printing/render/worker"), imports("github.com/klippa-app/go-pdfium", "github.com/tetratelabs/wazero")},
	{"only the renderer's program holds it", "the agent asks it over a pipe", true,
		exactly("cmd/raccordo", "cmd/raccordo-host"), imports("printing/render/worker", "github.com/tetratelabs/wazero")},
	{"pdf stands on the standard library", "signatures and printing read files of strangers with it", true,
		in("pdf"), func(s string, standard bool) bool { return !standard && !under(s, "pdf") }},
	{"ricetta is pure", "the rules of a prescription need no part of the program but its vocabulary", true,
		in("ricetta"), func(s string, standard bool) bool { return !standard && !under(s, "ricetta", "wire") }},
	{"session is pure", "a state machine: the clock is handed in, nobody is called", true,
		in("session"), func(s string, standard bool) bool { return !standard && !under(s, "session", "wire") }},
}

// check returns what breaks a rule.
func check(r rule, all map[string]pkg) []string {
	var faults []string
	for _, p := range all {
		from := short(p.ImportPath)
		if !own(p) || !r.from(from) {
			continue
		}
		imported := p.Imports
		if r.deep {
			imported = p.Deps
		}
		for _, i := range imported {
			name := i
			if strings.HasPrefix(i, module) {
				name = short(i)
			}
			if r.broken(name, all[i].Standard || i == "C" || i == "unsafe") {
				faults = append(faults, from+" imports "+i)
			}
		}
	}
	slices.Sort(faults)
	return faults
}

func TestImports(t *testing.T) {
	for _, system := range systems {
		all := list(t, system)
		for _, r := range rules {
			t.Run(system+"/"+r.name, func(t *testing.T) {
				if !slices.ContainsFunc(slices.Collect(keys(all)), func(i string) bool { return strings.HasPrefix(i, module) && r.from(short(i)) }) {
					t.Fatal("the rule is about no package at all")
				}
				for _, f := range check(r, all) {
					t.Errorf("%s\n%s", f, r.reason)
				}
			})
		}
	}
}

// The relay is built without cgo, and nothing of it must need cgo: it costs
// start time and a C library that may be missing.
func TestRelayHasNoCgo(t *testing.T) {
	for _, system := range systems {
		all := list(t, system)
		for _, name := range append(all[module+"host/cmd/raccordo-host"].Deps, module+"host/cmd/raccordo-host") {
			if p := all[name]; !p.Standard && len(p.CgoFiles) > 0 {
				t.Errorf("%s: %s has %v", system, name, p.CgoFiles)
			}
		}
		if p := all["github.com/miekg/pkcs11"]; system == "linux" && len(p.CgoFiles) == 0 {
			t.Error("go list shows no cgo files even where there are some")
		}
	}
}

func keys(all map[string]pkg) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range all {
			if !yield(k) {
				return
			}
		}
	}
}

// Each rule finds its fault in a program that breaks it: a rule with a typing
// error in a path would let everything pass.
func TestRulesBite(t *testing.T) {
	sinners := map[string][2]string{
		"only the renderer's program holds it":             {"host/cmd/raccordo", "raccordo/host/internal/printing/render/worker"},
		"only the renderer draws pages":                    {"host/internal/engine", "github.com/klippa-app/go-pdfium"},
		"wire and frame stand on the standard library":     {"host/internal/wire", "example.com/x"},
		"the relay is small":                               {"host/cmd/raccordo-host", "raccordo/host/internal/config"},
		"the relay opens no network":                       {"host/cmd/raccordo-host", "net/http"},
		"only card speaks PC/SC":                           {"host/internal/engine", "github.com/ebfe/scard"},
		"card speaks PC/SC in its own package":             {"host/internal/card/worker", "github.com/ebfe/scard"},
		"only the worker loads PKCS#11":                    {"host/internal/card", "github.com/miekg/pkcs11"},
		"only card calls C libraries without cgo":          {"host/internal/engine", "github.com/ebitengine/purego"},
		"no simulator in the products":                     {"host/cmd/raccordo", "raccordo/host/internal/sim/vcard"},
		"no simulator in the parts":                        {"host/internal/engine", "raccordo/host/internal/sim/region"},
		"leaves do not import up":                          {"host/internal/region/sac", "raccordo/host/internal/engine"},
		"the engine knows no process and no socket":        {"host/internal/engine", "raccordo/host/internal/ipc"},
		"the agent is imported by the program only":        {"host/internal/sim/lab", "raccordo/host/internal/agent"},
		"only the agent knows the service manager":         {"host/cmd/raccordo", "github.com/kardianos/service"},
		"the engine is imported by agent and program only": {"host/internal/sim/lab", "raccordo/host/internal/engine"},
		"only the outbox knows its database":               {"host/internal/secret", "go.etcd.io/bbolt"},
		"only programs parse command lines":                {"host/internal/agent", "github.com/alecthomas/kong"},
		"only proxy runs scripts":                          {"host/internal/engine", "github.com/dop251/goja"},
		"only secret knows the keyring":                    {"host/internal/engine", "github.com/zalando/go-keyring"},
		"only prompt, card, the renderer, the relay, the service and the way to a browser start processes": {"host/internal/engine", "os/exec"},
		"HTTP is the region's, the signature services' and the spooler's":                                  {"host/internal/agent", "net/http"},
		"signature stands alone":             {"host/internal/signature/cms", "raccordo/host/internal/card"},
		"remotesign stands alone":            {"host/internal/remotesign", "raccordo/host/internal/prompt"},
		"card stands alone":                  {"host/internal/card/worker", "raccordo/host/internal/prompt"},
		"region stands alone":                {"host/internal/region/sac", "raccordo/host/internal/card"},
		"outbox stands alone":                {"host/internal/outbox", "raccordo/host/internal/region/sac"},
		"prompt stands alone":                {"host/internal/prompt", "raccordo/host/internal/wire"},
		"printing stands alone":              {"host/internal/printing/queue", "raccordo/host/internal/outbox"},
		"pdf stands on the standard library": {"host/internal/pdf", "golang.org/x/text"},
		"ricetta is pure":                    {"host/internal/ricetta", "raccordo/host/internal/region"},
		"session is pure":                    {"host/internal/session", "raccordo/host/internal/card"},
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			sin, ok := sinners[r.name]
			if !ok {
				t.Fatal("no example of a fault")
			}
			p := pkg{ImportPath: module + sin[0], Imports: []string{sin[1]}, Deps: []string{sin[1]}}
			all := map[string]pkg{p.ImportPath: p, sin[1]: {ImportPath: sin[1], Standard: !strings.Contains(sin[1], ".") && !strings.HasPrefix(sin[1], module)}}
			if got := check(r, all); len(got) != 1 {
				t.Errorf("found %q", got)
			}
		})
	}
}

// Every package says what it is and what it must never do.
func TestPackageComments(t *testing.T) {
	for name, p := range list(t, "linux") {
		if !own(p) {
			continue
		}
		t.Run(short(name), func(t *testing.T) {
			word := "Package " + path.Base(name)
			if strings.HasPrefix(short(name), "cmd/") || slices.Contains(p.GoFiles, "main.go") && strings.HasPrefix(p.Doc, "Command ") {
				word = "Command " + path.Base(name)
			}
			if !strings.HasPrefix(p.Doc, word+" ") {
				t.Errorf("the comment starts with %q, not with %q", p.Doc, word)
			}
		})
	}
}
