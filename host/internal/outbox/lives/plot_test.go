package lives

import (
	"fmt"
	"strings"
)

// The picture of a day: minutes across, requests in a second upwards.
const (
	plotWidth, plotHeight = 960, 420
	plotLeft, plotTop     = 64, 56
	plotRight, plotFoot   = 20, 48
	dayMinutes            = 24 * 60
)

// curve is one line of a plot: a value for each minute.
type curve struct {
	name, colour string
	dashed       bool
	values       []float64
}

// band is a stretch of the day, in minutes.
type band struct {
	name     string
	from, to int
}

type picture struct {
	title, upwards string
	curves         []curve
	levels         []curve // one value each: a horizontal line
	band           band
	top            float64 // of the scale
}

func (p picture) x(minute float64) float64 {
	return plotLeft + minute/dayMinutes*(plotWidth-plotLeft-plotRight)
}

func (p picture) y(value float64) float64 {
	return plotHeight - plotFoot - min(value/p.top, 1)*(plotHeight-plotTop-plotFoot)
}

// svg draws the picture, readable on light and on dark pages.
func (p picture) svg() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12" fill="#333">`+"\n", plotWidth, plotHeight)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", plotWidth, plotHeight)
	fmt.Fprintf(&b, `<text x="%d" y="20" font-size="15" font-weight="bold">%s</text>`+"\n", plotLeft, p.title)
	p.frame(&b)
	for i, c := range p.curves {
		p.line(&b, c)
		p.key(&b, c, i)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// frame draws what stands behind the curves.
func (p picture) frame(b *strings.Builder) {
	left, right := p.x(0), p.x(dayMinutes)
	from, to := p.x(float64(p.band.from)), p.x(float64(p.band.to))
	fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="#f3e3e0"/>`+"\n", from, p.y(p.top), to-from, p.y(0)-p.y(p.top))
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" fill="#8a3a2c">%s</text>`+"\n", (from+to)/2, p.y(p.top)+16, p.band.name)
	for v := 0.0; v <= p.top; v += p.top / 6 {
		fmt.Fprintf(b, `<path d="M%.1f %.1fH%.1f" stroke="#ddd"/><text x="%.1f" y="%.1f" text-anchor="end">%.0f</text>`+"\n", left, p.y(v), right, left-6, p.y(v)+4, v)
	}
	for h := 0; h <= 24; h += 2 {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle">%02d:00</text>`+"\n", p.x(float64(h*60)), p.y(0)+18, h%24)
	}
	fmt.Fprintf(b, `<text transform="translate(16 %.1f) rotate(-90)" text-anchor="middle">%s</text>`+"\n", (p.y(0)+p.y(p.top))/2, p.upwards)
	for _, l := range p.levels {
		fmt.Fprintf(b, `<path d="M%.1f %.1fH%.1f" stroke="%s" stroke-dasharray="2 4"/><text x="%.1f" y="%.1f" fill="%s">%s</text>`+"\n",
			left, p.y(l.values[0]), right, l.colour, left+4, p.y(l.values[0])-4, l.colour, l.name)
	}
}

func (p picture) line(b *strings.Builder, c curve) {
	dash := ""
	if c.dashed {
		dash = ` stroke-dasharray="5 4"`
	}
	fmt.Fprintf(b, `<polyline fill="none" stroke="%s" stroke-width="1.6"%s points="`, c.colour, dash)
	for minute, v := range c.values {
		fmt.Fprintf(b, "%.1f,%.1f ", p.x(float64(minute)), p.y(v))
	}
	b.WriteString(`"/>` + "\n")
}

// key names the curves in one row above the picture.
func (p picture) key(b *strings.Builder, c curve, i int) {
	x := float64(plotLeft + 300*i)
	dash := ""
	if c.dashed {
		dash = ` stroke-dasharray="5 4"`
	}
	fmt.Fprintf(b, `<path d="M%.1f 38h24" stroke="%s" stroke-width="2"%s/><text x="%.1f" y="42">%s</text>`+"\n", x, c.colour, dash, x+30, c.name)
}
