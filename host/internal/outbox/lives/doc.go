// Package lives is the outbox's world and nothing else: tests. A life is a
// disk, a network, a region and doctors in a virtual week, all drawn from one
// seed and run in one thread; after every step the invariants of "exactly
// once" are looked at. The same package holds wrong variants of the outbox,
// each of which the lives must catch, histories of the real Sender checked for
// linearizability, and the return of 5 000 connectors after an outage.
//
// Nothing here may wait for real time, draw from anything but the seed, or look
// into the outbox by other ways than its exported ones.
package lives
