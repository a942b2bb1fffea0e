package cms

import "bytes"

// Trailing tells that octets follow the SignedData in its source, other than
// zeros (a PDF fills up with them) and line ends.
func (d *SignedData) Trailing() (bool, error) {
	buffer := make([]byte, 64<<10)
	for at := d.Size; at < d.Source.Size(); {
		n, err := d.Source.ReadAt(buffer[:min(int64(len(buffer)), d.Source.Size()-at)], at)
		if n == 0 {
			return false, err
		}
		if len(bytes.Trim(buffer[:n], "\x00\r\n")) > 0 {
			return true, nil
		}
		at += int64(n)
	}
	return false, nil
}
