package agent

import (
	"github.com/kardianos/service"
	"github.com/rs/zerolog"
)

// eventLog writes the service's log to Windows' own: a file in a folder of all
// users could be made a link by any of them.
type eventLog struct{ service.Logger }

func (e eventLog) Write(line []byte) (int, error) { return e.WriteLevel(zerolog.InfoLevel, line) }

// WriteLevel implements zerolog.LevelWriter.
func (e eventLog) WriteLevel(level zerolog.Level, line []byte) (int, error) {
	write := e.Info
	switch {
	case level >= zerolog.ErrorLevel:
		write = e.Error
	case level == zerolog.WarnLevel:
		write = e.Warning
	}
	return len(line), write(string(line))
}
