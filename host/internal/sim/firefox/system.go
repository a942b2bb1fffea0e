package firefox

import (
	"context"
	"errors"
	"fmt"
)

// Chrome runs the body of an async function in the browser's own process, with
// its rights, and decodes what it returns into out (nil: ignored).
func (b *Browser) Chrome(ctx context.Context, body string, args []any, out any) (err error) {
	if args == nil {
		args = []any{}
	}
	b.turn.Lock()
	defer b.turn.Unlock()
	if err := b.conn.call(ctx, "Marionette:SetContext", params{"value": "chrome"}, nil); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, b.conn.call(context.WithoutCancel(ctx), "Marionette:SetContext", params{"value": "content"}, nil))
	}()
	script := "return (async (...args) => {" + body + "\n})(...arguments)"
	return b.conn.call(ctx, "WebDriver:ExecuteScript", params{"script": script, "args": args}, &value{out})
}

// StopBackground ends the extension's event page as the browser does when it
// wants the memory back: globals are lost, ports close, the next event starts
// it again.
func (b *Browser) StopBackground(ctx context.Context) error {
	if b.extension == "" {
		return errors.New("firefox: no extension installed")
	}
	// Without the second option an open native port would keep it.
	const stop = `const { extension } = WebExtensionPolicy.getByID(args[0]);
		await extension.terminateBackground({ ignoreDevToolsAttached: true, disableResetIdleForTest: true });
		return extension.backgroundState`
	var state string
	if err := b.Chrome(ctx, stop, []any{b.extension}, &state); err != nil {
		return fmt.Errorf("stop the event page: %w", err)
	}
	if state != "stopped" {
		return fmt.Errorf("stop the event page: it is %s", state)
	}
	return nil
}

// OpenOwn opens a page of the extension itself in a new tab.
func (b *Browser) OpenOwn(ctx context.Context, file string) (*Page, error) {
	const address = `return WebExtensionPolicy.getByID(args[0]).getURL(args[1])`
	var url string
	if err := b.Chrome(ctx, address, []any{b.extension, file}, &url); err != nil {
		return nil, err
	}
	return b.Open(ctx, url)
}

// Problems are the uncaught exceptions of the extension's own scripts so far,
// in pages and in the background; a good test has none.
func (b *Browser) Problems(ctx context.Context) (all []string, err error) {
	const thrown = `const own = WebExtensionPolicy.getByID(args[0]).getURL("");
		return Services.console.getMessageArray()
			.filter((m) => m instanceof Ci.nsIScriptError && !(m.flags & Ci.nsIScriptError.warningFlag) && m.sourceName.startsWith(own))
			.map((m) => m.errorMessage + " (" + m.sourceName.slice(own.length) + ":" + m.lineNumber + ")")`
	return all, b.Chrome(ctx, thrown, []any{b.extension}, &all)
}
