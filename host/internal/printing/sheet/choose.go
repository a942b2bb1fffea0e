package sheet

import (
	"fmt"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Choose is the layout of that name, or its sister for sheets that are read the
// other way (NAME-verticale, NAME-orizzontale) when only she fits the profile's
// sheet at full size. So a form that is read lying wants nothing but its
// orientation in the profile.
func Choose(all map[string]Layout, name string, set wire.PrinterSettings) (Layout, error) {
	first, ok := all[name]
	if !ok || first.Kind != set.Kind {
		return Layout{}, printing.Fault(wire.ErrPrintForm, name, fmt.Errorf("there is no layout of this name for %s", set.Kind))
	}
	for _, id := range []string{name, name + "-orizzontale", name + "-verticale"} {
		l, ok := all[id]
		if !ok || l.Kind != set.Kind {
			continue
		}
		width, height, err := sizeAsRead(first, set)
		if err != nil {
			return Layout{}, err
		}
		if l.Width <= width+0.5 && l.Height <= height+0.5 {
			return l, nil
		}
	}
	return first, nil
}
