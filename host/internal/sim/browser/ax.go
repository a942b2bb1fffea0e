package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Node is one object of the accessibility tree: what assistive technology is
// told, closed shadow roots included.
type Node struct {
	Role, Name, Value, Description string
	Properties                     map[string]string // "expanded": "true", "disabled", "checked", "focused", …
	backend                        int               // DOM.BackendNodeId
}

// errNoNode says that nothing in the tree matches, now.
var errNoNode = errors.New("no such object")

type axValue struct {
	Value any `json:"value"`
}

func (v *axValue) text() string {
	if v == nil || v.Value == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(v.Value))
}

type axNode struct {
	ID          string   `json:"nodeId"`
	Parent      string   `json:"parentId"`
	Children    []string `json:"childIds"`
	Ignored     bool     `json:"ignored"`
	Role        *axValue `json:"role"`
	Name        *axValue `json:"name"`
	Value       *axValue `json:"value"`
	Description *axValue `json:"description"`
	Backend     int      `json:"backendDOMNodeId"`
	Properties  []struct {
		Name  string   `json:"name"`
		Value *axValue `json:"value"`
	} `json:"properties"`
}

// axTree lists the visible nodes in reading order, with their depth and the
// name of the nearest visible parent.
func (p *Page) axTree(ctx context.Context, visit func(n axNode, depth int, parentName string)) error {
	var tree struct {
		Nodes []axNode `json:"nodes"`
	}
	if err := p.call(ctx, "Accessibility.getFullAXTree", nil, &tree); err != nil {
		return err
	}
	byID := make(map[string]axNode, len(tree.Nodes))
	for _, n := range tree.Nodes {
		byID[n.ID] = n
	}
	var walk func(id string, depth int, parentName string)
	walk = func(id string, depth int, parentName string) {
		n, ok := byID[id]
		if !ok {
			return
		}
		if !n.Ignored {
			visit(n, depth, parentName)
			depth, parentName = depth+1, n.Name.text()
		}
		for _, child := range n.Children {
			walk(child, depth, parentName)
		}
	}
	for _, n := range tree.Nodes {
		if n.Parent == "" {
			walk(n.ID, 0, "")
		}
	}
	return nil
}

// FindAllAX returns the objects of a role (empty: any) whose name matches the
// regular expression, in reading order.
func (p *Page) FindAllAX(ctx context.Context, role, name string) ([]Node, error) {
	want, err := regexp.Compile(name)
	if err != nil {
		return nil, err
	}
	var found []Node
	err = p.axTree(ctx, func(n axNode, _ int, _ string) {
		if (role != "" && role != n.Role.text()) || !want.MatchString(n.Name.text()) {
			return
		}
		properties := map[string]string{}
		for _, property := range n.Properties {
			properties[property.Name] = property.Value.text()
		}
		found = append(found, Node{
			Role: n.Role.text(), Name: n.Name.text(), Value: n.Value.text(), Description: n.Description.text(),
			Properties: properties, backend: n.Backend,
		})
	})
	return found, err
}

// FindAX returns the first object that FindAllAX finds now.
func (p *Page) FindAX(ctx context.Context, role, name string) (Node, error) {
	all, err := p.FindAllAX(ctx, role, name)
	if err == nil && len(all) == 0 {
		err = p.explain(errNoNode, fmt.Sprintf("find %s %q", role, name))
	}
	if err != nil {
		return Node{}, err
	}
	return all[0], nil
}

// WaitAX waits until FindAX would find something.
func (p *Page) WaitAX(ctx context.Context, role, name string) (Node, error) {
	var found Node
	err := poll(ctx, func() (bool, error) {
		all, err := p.FindAllAX(ctx, role, name)
		if len(all) > 0 {
			found = all[0]
		}
		return len(all) > 0, err
	})
	return found, p.explain(err, fmt.Sprintf("waiting for %s %q", role, name))
}

// WaitNoAX waits until FindAX would find nothing.
func (p *Page) WaitNoAX(ctx context.Context, role, name string) error {
	err := poll(ctx, func() (bool, error) {
		all, err := p.FindAllAX(ctx, role, name)
		return err == nil && len(all) == 0, err
	})
	return p.explain(err, fmt.Sprintf("waiting for the end of %s %q", role, name))
}

// ClickAX waits for an enabled object and clicks its centre with a trusted
// click.
func (p *Page) ClickAX(ctx context.Context, role, name string) error {
	err := poll(ctx, func() (bool, error) {
		all, err := p.FindAllAX(ctx, role, name)
		if err != nil {
			return false, err
		}
		if len(all) == 0 {
			return false, errNoNode
		}
		if all[0].Properties["disabled"] == "true" {
			return false, errors.New("it is disabled")
		}
		err = p.clickNode(ctx, params{"backendNodeId": all[0].backend})
		return err == nil, err
	})
	return p.explain(err, fmt.Sprintf("click %s %q", role, name))
}

// FocusAX waits for an object and gives it the focus, without a click.
func (p *Page) FocusAX(ctx context.Context, role, name string) error {
	n, err := p.WaitAX(ctx, role, name)
	if err != nil {
		return err
	}
	return p.call(ctx, "DOM.focus", params{"backendNodeId": n.backend}, nil)
}

// AXText is a readable dump of the tree, one object a line.
func (p *Page) AXText(ctx context.Context) (string, error) {
	var out strings.Builder
	err := p.axTree(ctx, func(n axNode, depth int, parentName string) {
		role, name, value := n.Role.text(), n.Name.text(), n.Value.text()
		if role == "InlineTextBox" || name+value == "" || (role == "StaticText" && name == parentName) {
			return
		}
		quoted, _ := json.Marshal(name)
		fmt.Fprintf(&out, "%s%s %s", strings.Repeat("  ", depth), role, quoted)
		if value != "" && value != name {
			fmt.Fprintf(&out, " = %q", value)
		}
		for _, property := range n.Properties {
			switch property.Name {
			case "disabled", "expanded", "checked", "selected", "focused", "invalid":
				if v := property.Value.text(); v != "" && v != "false" || property.Name == "expanded" {
					fmt.Fprintf(&out, " %s=%s", property.Name, property.Value.text())
				}
			}
		}
		out.WriteByte('\n')
	})
	return out.String(), err
}
