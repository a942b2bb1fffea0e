// Package house holds the rules of the house and nothing else: tests over the
// packages of the program that say who may import whom, and why. A rule that
// is in the way is changed here, with a better reason than the one written
// down.
package house
