package worker

// maxMemory is what a module may take for data: many times what the known ones
// need, and little enough for the PC of a practice.
const maxMemory = 512 << 20
