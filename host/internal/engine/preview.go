package engine

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"

	"raccordo/host/internal/config"
	"raccordo/host/internal/printing/render"
	"raccordo/host/internal/wire"
)

// preview draws how an item would come out with the settings of now or, for the user's own
// pages, with others that nobody has kept.
func (e *Engine) preview(ctx context.Context, c Call, p wire.PreviewParams) (wire.PreviewResult, error) {
	if p.Settings != nil && !seesAll(c) {
		return wire.PreviewResult{}, wire.NewError(wire.ErrOrigin, "/settings")
	}
	set, _, err := e.settings.of(profileOf(p.Item))
	if err != nil {
		return wire.PreviewResult{}, err
	}
	if p.Settings != nil {
		if err := config.CheckSettings(*p.Settings); err != nil {
			return wire.PreviewResult{}, wire.NewError(wire.ErrParams, "/settings: "+err.Error())
		}
		set = *p.Settings
		set.Kind = profileOf(p.Item)
	}
	out, err := e.printout(ctx, c, p.Item, set)
	if err != nil {
		return wire.PreviewResult{}, err
	}
	if _, err := inspect(out.pdf); err != nil {
		return wire.PreviewResult{}, err
	}
	placed, sheet, err := e.fit(p.Item.Kind, out.pdf, set)
	if err != nil {
		return wire.PreviewResult{}, err
	}
	page := max(p.Page, 1)
	if page > placed.Pages {
		return wire.PreviewResult{}, wire.NewError(wire.ErrParams, "/page")
	}
	picture, err := e.press.renderer.Render(ctx, bytes.NewReader(sheet), page-1, render.PreviewDPI(sheetOf(set)))
	if err != nil {
		return wire.PreviewResult{}, err
	}
	if placed.Lying[page-1] {
		picture = clockwise(picture)
	}
	png, err := render.PNG(picture)
	if err != nil {
		return wire.PreviewResult{}, err
	}
	size := picture.Bounds().Size()
	return wire.PreviewResult{
		PNG: base64.StdEncoding.EncodeToString(png), Width: size.X, Height: size.Y, Page: page, Pages: placed.Pages,
		Notices: append(out.notices, placed.Notices...),
	}, nil
}

// clockwise turns a picture by 90°: a lying page goes to the printer turned the other way.
func clockwise(from *image.Gray) *image.Gray {
	size := from.Bounds().Size()
	to := image.NewGray(image.Rect(0, 0, size.Y, size.X))
	for y := range size.Y {
		row := from.Pix[y*from.Stride:]
		for x := range size.X {
			to.Pix[x*to.Stride+size.Y-1-y] = row[x]
		}
	}
	return to
}
