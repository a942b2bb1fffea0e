package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ClickSelector waits for the element and clicks it with a trusted click. It
// does not see into closed shadow roots: see ClickAX.
func (p *Page) ClickSelector(ctx context.Context, selector string) error {
	quoted, err := json.Marshal(selector)
	if err != nil {
		return err
	}
	err = poll(ctx, func() (bool, error) {
		var answer struct {
			Result struct {
				Object string `json:"objectId"`
			} `json:"result"`
		}
		expression := params{"expression": "document.querySelector(" + string(quoted) + ")"}
		if err := p.call(ctx, "Runtime.evaluate", expression, &answer); err != nil {
			return false, err
		}
		if answer.Result.Object == "" {
			return false, errors.New("no such element")
		}
		err := p.clickNode(ctx, params{"objectId": answer.Result.Object})
		return err == nil, err
	})
	return p.explain(err, "click "+selector)
}

// clickNode clicks the centre of the node's first box.
func (p *Page) clickNode(ctx context.Context, node params) error {
	if err := p.call(ctx, "DOM.scrollIntoViewIfNeeded", node, nil); err != nil {
		return err
	}
	var box struct {
		Quads [][8]float64 `json:"quads"`
	}
	if err := p.call(ctx, "DOM.getContentQuads", node, &box); err != nil {
		return err
	}
	if len(box.Quads) == 0 {
		return errors.New("the element has no box")
	}
	q := box.Quads[0]
	return p.ClickAt(ctx, (q[0]+q[2]+q[4]+q[6])/4, (q[1]+q[3]+q[5]+q[7])/4)
}

// ClickAt clicks a point of the viewport, in CSS pixels.
func (p *Page) ClickAt(ctx context.Context, x, y float64) error {
	for _, step := range []params{
		{"type": "mouseMoved", "x": x, "y": y},
		{"type": "mousePressed", "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1},
		{"type": "mouseReleased", "x": x, "y": y, "button": "left", "clickCount": 1},
	} {
		if err := p.call(ctx, "Input.dispatchMouseEvent", step, nil); err != nil {
			return err
		}
	}
	return nil
}

// Type types text into the focused element, key by key.
func (p *Page) Type(ctx context.Context, text string) error {
	for _, r := range text {
		if r == '\n' {
			if err := p.Press(ctx, "Enter"); err != nil {
				return err
			}
			continue
		}
		k := params{"key": string(r), "text": string(r)}
		if err := p.key(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// keys are the keys that Press knows besides single characters: DOM key name
// → code, Windows virtual key code, text.
var keys = map[string]struct {
	code    string
	virtual int
	text    string
}{
	"Enter":      {"Enter", 13, "\r"},
	"Tab":        {"Tab", 9, ""},
	"Escape":     {"Escape", 27, ""},
	"Space":      {"Space", 32, " "},
	"Backspace":  {"Backspace", 8, ""},
	"Delete":     {"Delete", 46, ""},
	"Home":       {"Home", 36, ""},
	"End":        {"End", 35, ""},
	"ArrowLeft":  {"ArrowLeft", 37, ""},
	"ArrowUp":    {"ArrowUp", 38, ""},
	"ArrowRight": {"ArrowRight", 39, ""},
	"ArrowDown":  {"ArrowDown", 40, ""},
}

// modifiers are the bits of Input.dispatchKeyEvent.
var modifiers = map[string]int{"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}

// Press presses and releases one key, as in "Enter", "Shift+Tab", "Control+a".
func (p *Page) Press(ctx context.Context, key string) error {
	parts := strings.Split(key, "+")
	name, bits := parts[len(parts)-1], 0
	for _, m := range parts[:len(parts)-1] {
		bit, ok := modifiers[m]
		if !ok {
			return fmt.Errorf("press %s: no modifier %q", key, m)
		}
		bits |= bit
	}
	k := params{"modifiers": bits}
	known, ok := keys[name]
	switch {
	case ok:
		k["key"], k["code"], k["windowsVirtualKeyCode"] = name, known.code, known.virtual
		if name == "Space" {
			k["key"] = " "
		}
		if known.text != "" && bits&^modifiers["Shift"] == 0 {
			k["text"] = known.text
		}
	case len(name) == 1:
		k["key"], k["code"], k["windowsVirtualKeyCode"] = name, "Key"+strings.ToUpper(name), int(strings.ToUpper(name)[0])
		if name == "a" && bits == modifiers["Control"] {
			k["commands"] = []string{"selectAll"} // the platform's own shortcut is not dispatched over the pipe
		}
		if bits&^modifiers["Shift"] == 0 {
			k["text"] = name
		}
	default:
		return fmt.Errorf("press %s: unknown key", key)
	}
	return p.key(ctx, k)
}

func (p *Page) key(ctx context.Context, k params) error {
	down, up := params{"type": "rawKeyDown"}, params{"type": "keyUp"}
	if k["text"] != nil {
		down["type"] = "keyDown"
	}
	for name, value := range k {
		down[name] = value
		if name != "text" && name != "commands" {
			up[name] = value
		}
	}
	if err := p.call(ctx, "Input.dispatchKeyEvent", down, nil); err != nil {
		return err
	}
	return p.call(ctx, "Input.dispatchKeyEvent", up, nil)
}
