package clinic

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"

	"raccordo/host/internal/wire"
)

// office is two printers as the agent tells of them. The first slip finds no
// paper, and the others wait behind it; a white prescription brings paper, after
// which all come out. A document is refused by the print service.
type office struct {
	jobs     []wire.PrintJob   // newest first
	from     map[string]string // whose they are
	profiles []wire.PrinterProfile
	list     []wire.Printer
}

func newOffice() *office {
	a4, a5 := wire.Paper{Name: "A4", Width: 2100, Height: 2970}, wire.Paper{Name: "A5", Width: 1480, Height: 2100}
	set := func(k wire.SheetKind, printer string) wire.PrinterProfile {
		p := wire.PrinterProfile{PrinterSettings: wire.PrinterSettings{Kind: k, Printer: printer, Paper: "A5", Orientation: "auto", Copies: 1}}
		return judged(p)
	}
	o := &office{
		from: map[string]string{},
		list: []wire.Printer{
			{Name: "Laser_Studio", Info: "Laser di prova", Location: "Studio 1", Default: true, State: "idle", Accepting: true, Papers: []wire.Paper{a4, a5}, Trays: []wire.Tray{{ID: "tray-1", Name: "Vassoio 1"}, {ID: "manual", Name: "Inserimento manuale"}}},
			{Name: "Segreteria", State: "stopped", Accepting: true, Problem: wire.ErrPrintStopped, Papers: []wire.Paper{a4}, Trays: []wire.Tray{}},
		},
		profiles: []wire.PrinterProfile{set(wire.SheetRossa, ""), set(wire.SheetBianca, "Laser_Studio"), set(wire.SheetPromemoria, "Laser_Studio")},
	}
	o.profiles[2].Paper, o.profiles[2].Locked = "A4", []string{"paper"}
	return o
}

func judged(p wire.PrinterProfile) wire.PrinterProfile {
	switch p.Printer {
	case "":
		p.Problem = wire.NewError(wire.ErrPrintNone, "")
	case "Segreteria":
		p.Problem = wire.NewError(wire.ErrPrintStopped, "")
	default:
		p.Problem = nil
	}
	p.Ready = p.Problem == nil
	return p
}

func (o *office) counts() wire.Printing {
	var c wire.Printing
	for _, j := range o.jobs {
		switch j.State {
		case wire.PrintQueued, wire.PrintAccepted, wire.PrintPrinting:
			c.Waiting++
		case wire.PrintHeld, wire.PrintFailed:
			c.Held++
		}
	}
	return c
}

// answer also tells whether something has changed.
func (o *office) answer(req wire.Request) (result any, changed bool) {
	switch req.Method {
	case "printer.list":
		return o.printers(), false
	case "printer.configure":
		s := parse[wire.ConfigureParams](req).Settings
		for i, p := range o.profiles {
			if p.Kind == s.Kind {
				p.PrinterSettings = s
				o.profiles[i] = judged(p)
			}
		}
		return o.printers(), false
	case "print":
		var r wire.PrintResult
		for _, item := range parse[wire.PrintParams](req).Items {
			o.jobs = slices.Insert(o.jobs, 0, o.job(item))
			o.from[o.jobs[0].ID] = req.Origin
		}
		for i := range parse[wire.PrintParams](req).Items {
			r.Jobs = slices.Insert(r.Jobs, 0, o.jobs[i])
		}
		return r, true
	case "print.again":
		var r wire.PrintResult
		for _, j := range o.chosen(req) {
			n := *j
			n.ID, n.State, n.Problem = fmt.Sprintf("%032x", len(o.jobs)+1), wire.PrintPrinted, nil
			o.from[n.ID] = req.Origin
			r.Jobs = append(r.Jobs, n)
		}
		o.jobs = append(r.Jobs, o.jobs...)
		return r, true
	case "print.cancel":
		for _, j := range o.chosen(req) {
			j.State, j.Problem = wire.PrintCancelled, nil
		}
		return o.those(req), true
	case "print.list":
		return o.those(req), false
	case "print.preview":
		return preview(), false
	}
	return nil, false
}

func (o *office) printers() wire.PrinterList {
	return wire.PrinterList{Spooler: "cups", Printers: o.list, Profiles: o.profiles}
}

func (o *office) chosen(req wire.Request) []*wire.PrintJob {
	ids := parse[wire.PrintIDs](req).IDs
	var all []*wire.PrintJob
	for i := range o.jobs {
		mine := req.Origin == "" || req.Origin == o.from[o.jobs[i].ID]
		if mine && (len(ids) == 0 || slices.Contains(ids, o.jobs[i].ID)) {
			all = append(all, &o.jobs[i])
		}
	}
	return all
}

func (o *office) those(req wire.Request) wire.PrintList {
	l := wire.PrintList{Jobs: []wire.PrintJob{}}
	for _, j := range o.chosen(req) {
		l.Jobs = append(l.Jobs, *j)
	}
	return l
}

func (o *office) job(item wire.PrintItem) wire.PrintJob {
	j := wire.PrintJob{ID: fmt.Sprintf("%032x", len(o.jobs)+1), ClientID: item.ClientID, Kind: item.Kind, Printer: "Laser_Studio", Pages: 1, Copies: 1, CreatedAt: moment, UpdatedAt: moment, State: wire.PrintAccepted}
	switch item.Kind {
	case "promemoria":
		j.Profile, j.Title, j.State = wire.SheetPromemoria, "Promemoria "+item.NRE, wire.PrintQueued
		if !slices.ContainsFunc(o.jobs, func(j wire.PrintJob) bool { return j.State == wire.PrintHeld }) {
			j.State, j.Problem = wire.PrintHeld, wire.NewError(wire.ErrPrintPaper, "media-empty-error")
		}
	case "bianca":
		j.Profile, j.Title, j.State = wire.SheetBianca, "Ricetta bianca", wire.PrintPrinted
		for i, other := range o.jobs {
			if other.State == wire.PrintHeld || other.State == wire.PrintQueued {
				o.jobs[i].State, o.jobs[i].Problem = wire.PrintPrinted, nil
			}
		}
	case "rossa":
		j.Profile, j.Title, j.State = wire.SheetRossa, "Ricetta rossa", wire.PrintQueued
		j.Printer, j.Problem = "", wire.NewError(wire.ErrPrintNone, "")
		j.Notices = []wire.Notice{{Text: "Prende il posto della ricetta elettronica"}}
	case "document":
		j.Profile, j.Title, j.State = wire.SheetBianca, item.Name, wire.PrintFailed
		j.Problem = wire.NewError(wire.ErrPrintRefused, "")
	default:
		j.Profile, j.Title = item.Profile, "Pagina di prova"
	}
	return j
}

func preview() wire.PreviewResult {
	const width, height = 420, 297
	page := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			page.SetGray(x, y, color.Gray{Y: 255})
			if x%20 == 0 && y < 12 || y%20 == 0 && x < 12 {
				page.SetGray(x, y, color.Gray{})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, page); err != nil {
		panic(err)
	}
	return wire.PreviewResult{PNG: base64.StdEncoding.EncodeToString(out.Bytes()), Width: width, Height: height, Page: 1, Pages: 1, Notices: []wire.Notice{{Text: "Ridotta al 71 %"}}}
}
