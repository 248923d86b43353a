export type Architecture = "arm64" | "x64";
/** Builds one layer; returns its folder. Throws where the native file is for another machine. */
export function buildLayer(arch: Architecture, folder?: string): string;
/** Throws unless the file is an ELF object for that machine. */
export function requireMachine(path: string, arch: Architecture): void;
