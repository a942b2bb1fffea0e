package marks

import "raccordo/host/internal/pdf"

// FormMatrix is that of a form (table 95).
func FormMatrix(file *pdf.File, form *pdf.Stream) (Matrix, error) {
	list, err := file.Array(form.Dict["Matrix"])
	if err != nil || len(list) != 6 {
		return identity, err
	}
	var m Matrix
	for i, item := range list {
		if item, err = file.Resolve(item); err != nil {
			return identity, err
		}
		var ok bool
		if m[i], ok = pdf.Number(item); !ok {
			return identity, nil
		}
	}
	return m, nil
}
