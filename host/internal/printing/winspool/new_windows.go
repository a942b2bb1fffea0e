package winspool

import "raccordo/host/internal/printing"

// New speaks to the spooler of this Windows.
func New(opt Options) printing.Spooler { return newSpooler(windowsSystem{}, opt) }
