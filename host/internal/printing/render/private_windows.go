package render

import "os"

// private makes the folder. It lies in the user's profile and inherits from it that
// only this user and administrators write to it.
func private(dir string) error { return os.MkdirAll(dir, 0o700) }
