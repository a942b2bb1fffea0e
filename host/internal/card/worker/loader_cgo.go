//go:build cgo && unix

package worker

/*
#cgo linux LDFLAGS: -ldl
#include <dlfcn.h>
#include <stdlib.h>
*/
import "C"

import "unsafe"

// loaderSays loads the file once more for the sake of the loader's message,
// which the binding drops; empty when it loads.
func loaderSays(path string) string {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if h := C.dlopen(name, C.RTLD_LAZY); h != nil {
		C.dlclose(h)
		return ""
	}
	return C.GoString(C.dlerror())
}
