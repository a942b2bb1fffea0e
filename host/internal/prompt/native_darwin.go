package prompt

// native is osascript, which every macOS has.
func (p *Prompter) native() ([]window, error) {
	return []window{p.dialog(osascript, "/usr/bin/osascript")}, nil
}
