// The language server's process.
export {};
