package sheet

import (
	"fmt"
	"math"
)

// placed are the rows that stand on one sheet.
type placed struct {
	list List
	size float64
	rows []placedRow
}

type placedRow struct {
	cells  [][]string // lines of each column
	first  []int      // on which line each begins
	height float64
}

// sheets spreads the rows: on one sheet at the greatest size at which they fit, on
// several when the layout allows that. Without rows there is one sheet.
func (p pen) sheets(l Layout, rows []row) ([]*placed, error) {
	list := l.Lists[0]
	texts, err := list.texts(rows)
	if err != nil {
		return nil, err
	}
	size := list.Size
	for ; ; size = math.Max(size-0.25, list.MinSize) {
		set := p.set(list, texts, size)
		if set.height() <= list.Height+0.01 {
			return []*placed{set}, nil
		}
		if size <= list.MinSize {
			break
		}
	}
	if list.Pages {
		return p.spread(list, texts)
	}
	return nil, blame(list.Name, errTooMuch)
}

// texts are the cells in the fonts' characters.
func (list List) texts(rows []row) ([][]string, error) {
	out := make([][]string, len(rows))
	for i, r := range rows {
		for _, c := range list.Columns {
			text, err := printable(r[c.Name])
			if err != nil {
				return nil, blame(fmt.Sprintf("%s[%d].%s", list.Name, i+1, c.Name), err)
			}
			out[i] = append(out[i], text)
		}
	}
	return out, nil
}

// spread fills as few sheets as the smallest letters do, with the greatest that do.
func (p pen) spread(list List, texts [][]string) ([]*placed, error) {
	fewest, err := p.fill(list, texts, list.MinSize)
	if err != nil {
		return nil, err
	}
	for size := list.Size; size > list.MinSize; size -= 0.25 {
		if greater, err := p.fill(list, texts, size); err == nil && len(greater) == len(fewest) {
			return greater, nil
		}
	}
	return fewest, nil
}

// fill puts as many rows as there is room for on each sheet.
func (p pen) fill(list List, texts [][]string, size float64) ([]*placed, error) {
	var out []*placed
	for i, r := range p.set(list, texts, size).rows {
		if r.height > list.Height+0.01 {
			return nil, blame(fmt.Sprintf("%s[%d]", list.Name, i+1), errTooMuch)
		}
		if n := len(out); n > 0 {
			last := out[n-1]
			last.rows = append(last.rows, r)
			if last.height() <= list.Height+0.01 {
				continue
			}
			last.rows = last.rows[:len(last.rows)-1]
		}
		out = append(out, &placed{list, size, []placedRow{r}})
	}
	return out, nil
}

// set breaks the rows at a size.
func (p pen) set(list List, texts [][]string, size float64) *placed {
	out := &placed{list: list, size: size}
	for _, cells := range texts {
		r := placedRow{height: list.Row}
		for i, c := range list.Columns {
			p.with(list.of(c), size)
			var lines []string
			if cells[i] != "" {
				lines = p.paragraphs(cells[i], c.Width-2*list.pad())
			}
			first := 0
			if c.Below {
				first = r.first[i-1] + len(r.cells[i-1])
			}
			r.cells, r.first = append(r.cells, lines), append(r.first, first)
			r.height = math.Max(r.height, float64(first+len(lines))*size*point*leading+2*list.pad())
		}
		out.rows = append(out.rows, r)
	}
	return out
}

func (list List) of(c Column) Type {
	t := list.Type
	if c.Style != "" {
		t.Style = c.Style
	}
	return t
}

// pad keeps letters off the rules.
func (list List) pad() float64 {
	if list.Rules {
		return 0.6
	}
	return 0
}

func (s *placed) height() float64 {
	sum := 0.0
	for i, r := range s.rows {
		if i > 0 {
			sum += s.list.Gap
		}
		sum += r.height
	}
	return sum
}

func (s *placed) draw(p pen) {
	top := s.list.Y
	for i, r := range s.rows {
		if i > 0 {
			top += s.list.Gap
			s.between(p, top)
		}
		for j, c := range s.list.Columns {
			p.with(s.list.of(c), s.size)
			y := top + s.list.pad() + (leading-1)/2*s.size*point + caps[families[s.list.Font]]*s.size*point
			for k, line := range r.cells[j] {
				p.put(c.X+s.list.pad(), y+float64(r.first[j]+k)*s.size*point*leading, c.Width-2*s.list.pad(), c.Align, line)
			}
		}
		top += r.height
	}
	s.frame(p, top)
}

func (s *placed) between(p pen, y float64) {
	if s.list.Rules {
		p.SetLineWidth(0.2)
		p.Line(s.list.X, y-s.list.Gap/2, s.list.X+s.list.Width, y-s.list.Gap/2)
	}
}

func (s *placed) frame(p pen, bottom float64) {
	if !s.list.Rules {
		return
	}
	p.SetLineWidth(0.28)
	p.Rect(s.list.X, s.list.Y, s.list.Width, bottom-s.list.Y, "D")
	for _, c := range s.list.Columns[1:] {
		if !c.Below {
			p.Line(c.X, s.list.Y, c.X, bottom)
		}
	}
}
