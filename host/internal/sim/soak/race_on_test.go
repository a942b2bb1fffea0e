//go:build linux && race

package soak

// underRace: the race detector keeps shadow memory for whatever a program has
// ever touched, so that resident memory says nothing.
const underRace = true
