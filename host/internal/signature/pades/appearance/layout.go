package appearance

import (
	"strings"
)

// A line takes this much above and below its base line, in parts of its size.
const (
	ascent  = 0.86
	descent = 0.28
)

// Sizes that are tried, in points.
const (
	largest  = 13.0
	smallest = 4.0
	step     = 0.25
)

// line is one, set.
type line struct {
	text         string
	font         *Font
	size, before float64
	colour       string
}

// paragraph is what becomes lines: its size is in parts of that of the whole.
type paragraph struct {
	text         string
	font         *Font
	size, before float64
	colour       string
	lines        int // at most
}

// fit finds the largest size at which all has room. In a box that is too
// small even for the smallest, place and reason are left out, then the date: the name comes last.
func (p *painter) fit(w Words, width, height float64) (lines []line, tall float64) {
	all := p.paragraphs(w)
	for keep := len(all); keep >= 2; keep-- {
		for size := largest; size >= smallest; size -= step {
			var whole bool
			if lines, tall, whole = set(all[:keep], size, width); whole && tall <= height {
				return lines, tall
			}
		}
	}
	for size := smallest; ; size /= 1.1 {
		if lines, tall, _ = set(all[1:2], size, width); tall <= height {
			return lines, tall
		}
	}
}

func (p *painter) paragraphs(w Words) []paragraph {
	all := []paragraph{
		{"Firmato digitalmente da", p.regular, 0.78, 0, pale, 2},
		{w.Name, p.bold, 1.15, 0.1, ink, 2},
		{"il " + w.At.Format("02/01/2006") + " alle ore " + w.At.Format("15:04:05 (MST)"), p.regular, 0.85, 0.05, ink, 2},
	}
	if w.Reason != "" {
		all = append(all, paragraph{"Motivo: " + w.Reason, p.regular, 0.78, 0.22, pale, 3})
	}
	if w.Location != "" {
		all = append(all, paragraph{"Luogo: " + w.Location, p.regular, 0.78, 0, pale, 2})
	}
	return all
}

// set breaks paragraphs into lines; whole tells whether nothing was cut off.
func set(all []paragraph, size, width float64) (lines []line, tall float64, whole bool) {
	whole = true
	for _, p := range all {
		l := line{font: p.font, size: p.size * size, before: p.before * size, colour: p.colour}
		texts, fits := wrap(p.text, l.font, l.size, width, p.lines)
		whole = whole && (fits || size == smallest)
		for _, l.text = range texts {
			lines = append(lines, l)
			tall += l.before + l.size*(ascent+descent)
			l.before = 0
		}
	}
	return lines, tall, whole
}

// wrap breaks a text between words, and within those that are too long.
func wrap(text string, f *Font, size, width float64, most int) (lines []string, whole bool) {
	words := strings.Fields(text)
	current := ""
	for len(words) > 0 {
		word := words[0]
		longer := strings.TrimPrefix(current+" "+word, " ")
		switch {
		case f.Width(longer, size) <= width:
			current, words = longer, words[1:]
			continue
		case current == "":
			n := room(word, f, size, width)
			if current, words[0] = word[:n], word[n:]; words[0] == "" {
				words = words[1:]
				continue
			}
		}
		if len(lines)+1 == most {
			return append(lines, ellipsis(current, f, size, width)), false
		}
		lines, current = append(lines, current), ""
	}
	return append(lines, current), true
}

// room is how many bytes of a word fit; at least one character does.
func room(word string, f *Font, size, width float64) int {
	end := 0
	for i, c := range word {
		next := i + len(string(c))
		if end > 0 && f.Width(word[:next], size) > width {
			break
		}
		end = next
	}
	return end
}

func ellipsis(text string, f *Font, size, width float64) string {
	for text != "" && f.Width(text+"…", size) > width {
		runes := []rune(text)
		text = string(runes[:len(runes)-1])
	}
	return text + "…"
}
