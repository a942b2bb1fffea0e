//go:build !linux

package screenlock

import (
	"context"

	"github.com/rs/zerolog"
)

// Watch notices nothing on this system: the card's login ends with its idle
// time, the card's removal or a logout.
func Watch(_ context.Context, log zerolog.Logger, _ func()) {
	log.Info().Msg("the screen's lock is not noticed on this system")
}
