// Package screenlock tells when the user's screen is locked: whoever sits down
// at the PC next is not to find the doctor's card open.
//
// On Linux it listens to logind on the system bus (org.freedesktop.login1(5),
// signal Lock and property LockedHint of the user's own sessions). It asks for
// nothing, changes nothing, and is silent where there is no such bus.
package screenlock
