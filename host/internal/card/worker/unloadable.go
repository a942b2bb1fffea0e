package worker

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
)

// CallLoad is the Fault.Call of a module that can not be loaded; Fault.Name is
// then one of the names below.
const CallLoad = "load"

// Why a module can not be loaded.
const (
	OtherArchitecture = "made for another architecture"
	MissingLibrary    = "a library that it needs is missing"
	NotPKCS11         = "not a PKCS#11 module, or a damaged one"
	Unsupported       = "unsupported: this build can load no PKCS#11 module"
)

// refuse answers every request with the reason why there is no module, and
// returns it when in ends.
func refuse(in io.Reader, out io.Writer, f *Fault) error {
	requests, _ := frames(in, func() {})
	if err := serve(requests, out, func(Request, []byte) Response { return Response{Fault: f} }); err != nil {
		return err
	}
	return f
}

// unloadable finds the reason. The file's own header tells the architecture:
// the loader's words for it differ, and glibc calls a foreign machine "no such
// file".
func unloadable(path string, err error) *Fault {
	f := &Fault{Call: CallLoad, Name: NotPKCS11}
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		f.Name = Unsupported
	case foreign(path):
		f.Name = OtherArchitecture
	case missing(err.Error() + "\n" + loaderSays(path)):
		f.Name = MissingLibrary
	}
	return f
}

// missing knows the words of glibc, musl, dyld and, through loaderSays, of
// Windows (error 126) for a dependency that is not there or too old. The module
// itself is there: the catalogue passes over a file that is not.
func missing(text string) bool {
	for _, words := range []string{
		"cannot open shared object file", "' not found (required by", "Error loading shared library",
		"Library not loaded", "The specified module could not be found",
	} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// foreign tells whether the file is a library for another architecture.
func foreign(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	var magic [4]byte
	if _, err := file.ReadAt(magic[:], 0); err != nil {
		return false
	}
	switch {
	case string(magic[:]) == elf.ELFMAG:
		return foreignELF(file)
	case string(magic[:2]) == "MZ":
		f, err := pe.NewFile(file)
		return err == nil && f.Machine != peMachines[runtime.GOARCH]
	case bytes.Equal(magic[:], []byte{0xCA, 0xFE, 0xBA, 0xBE}):
		fat, err := macho.NewFatFile(file)
		if err != nil {
			return false
		}
		for _, a := range fat.Arches {
			if a.Cpu == machoCPUs[runtime.GOARCH] {
				return false
			}
		}
		return true
	}
	f, err := macho.NewFile(file)
	return err == nil && f.Cpu != machoCPUs[runtime.GOARCH]
}

// foreignELF reads the identification and e_machine by itself (System V ABI,
// "ELF Header"): debug/elf wants the whole file to be in order.
func foreignELF(file io.ReaderAt) bool {
	var head [20]byte
	if _, err := file.ReadAt(head[:], 0); err != nil {
		return false
	}
	want := elfMachines[runtime.GOARCH]
	machine := elf.Machine(head[18]) | elf.Machine(head[19])<<8
	if elf.Data(head[elf.EI_DATA]) == elf.ELFDATA2MSB {
		machine = elf.Machine(head[19]) | elf.Machine(head[18])<<8
	}
	return elf.Class(head[elf.EI_CLASS]) != want.class || machine != want.machine
}

// The architectures that Raccordo is built for.
var (
	elfMachines = map[string]struct {
		class   elf.Class
		machine elf.Machine
	}{
		"amd64": {elf.ELFCLASS64, elf.EM_X86_64}, "arm64": {elf.ELFCLASS64, elf.EM_AARCH64}, "386": {elf.ELFCLASS32, elf.EM_386},
	}
	peMachines = map[string]uint16{
		"amd64": pe.IMAGE_FILE_MACHINE_AMD64, "arm64": pe.IMAGE_FILE_MACHINE_ARM64, "386": pe.IMAGE_FILE_MACHINE_I386,
	}
	machoCPUs = map[string]macho.Cpu{"amd64": macho.CpuAmd64, "arm64": macho.CpuArm64}
)
