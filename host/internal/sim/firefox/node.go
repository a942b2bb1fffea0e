package firefox

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Node is one visible element, also one behind a closed shadow root.
type Node struct {
	Role     string `json:"role"` // the attribute, else that of the tag
	Name     string `json:"name"` // label or text
	Value    string `json:"value"`
	Disabled bool   `json:"disabled"`
	Checked  bool   `json:"checked"`
	index    int
}

// survey.js lists the visible elements in reading order, and finds the point
// where a click meets one of them.
//
//go:embed survey.js
var survey string

// nodes are all visible elements, now.
func (p *Page) nodes(ctx context.Context) ([]Node, error) {
	var all []Node
	if err := p.script(ctx, "system", survey, nil, &all); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].index = i
	}
	return all, nil
}

// FindAll returns the elements of a role (empty: any) whose name matches the
// regular expression.
func (p *Page) FindAll(ctx context.Context, role, name string) ([]Node, error) {
	want, err := regexp.Compile(name)
	if err != nil {
		return nil, err
	}
	all, err := p.nodes(ctx)
	var found []Node
	for _, n := range all {
		if (role == "" || role == n.Role) && want.MatchString(n.Name) {
			found = append(found, n)
		}
	}
	return found, err
}

// Wait waits until FindAll would find something, and returns the first.
func (p *Page) Wait(ctx context.Context, role, name string) (Node, error) {
	var first Node
	err := poll(ctx, func() (bool, error) {
		all, err := p.FindAll(ctx, role, name)
		if len(all) > 0 {
			first = all[0]
		}
		return len(all) > 0, err
	})
	return first, p.explain(err, fmt.Sprintf("waiting for %s %q", role, name))
}

// Click waits for an enabled element that nothing covers and clicks its centre
// with a trusted click.
func (p *Page) Click(ctx context.Context, role, name string) error {
	err := poll(ctx, func() (bool, error) {
		all, err := p.FindAll(ctx, role, name)
		switch {
		case err != nil:
			return false, err
		case len(all) == 0:
			return false, errors.New("no such element")
		case all[0].Disabled:
			return false, errors.New("it is disabled")
		}
		err = p.clickAt(ctx, []any{all[0].index, all[0].Name})
		return err == nil, err
	})
	return p.explain(err, fmt.Sprintf("click %s %q", role, name))
}

// ClickSelector waits for the element and clicks it with a trusted click. It
// does not see into closed shadow roots: see Click.
func (p *Page) ClickSelector(ctx context.Context, selector string) error {
	err := poll(ctx, func() (bool, error) {
		err := p.clickAt(ctx, []any{selector, ""})
		return err == nil, err
	})
	return p.explain(err, "click "+selector)
}

// clickAt presses and releases the main button over an element (WebDriver
// section 15, actions).
func (p *Page) clickAt(ctx context.Context, element []any) error {
	var at struct {
		X, Y  int
		Fault string
	}
	if err := p.script(ctx, "system", survey, element, &at); err != nil {
		return err
	}
	if at.Fault != "" {
		return errors.New(at.Fault)
	}
	hand := params{"type": "pointer", "id": "hand", "parameters": params{"pointerType": "mouse"}, "actions": []params{
		{"type": "pointerMove", "x": at.X, "y": at.Y, "duration": 0, "origin": "viewport"},
		{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0},
	}}
	return p.call(ctx, "WebDriver:PerformActions", params{"actions": []params{hand}}, nil)
}

// Text is a readable dump of what the page shows.
func (p *Page) Text(ctx context.Context) (string, error) {
	all, err := p.nodes(ctx)
	var out strings.Builder
	last := ""
	for _, n := range all {
		line := strings.TrimSpace(fmt.Sprintf("%s %q", n.Role, n.Name))
		if n.Name == "" || line == last {
			continue
		}
		last = line
		out.WriteString(line + "\n")
	}
	return out.String(), err
}
