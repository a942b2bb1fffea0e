//go:build linux && !race

package soak

const underRace = false
