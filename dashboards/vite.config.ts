import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/app",
    emptyOutDir: true,
    // Chrome 94, the oldest in the field (360, UOS): top-level await and class fields.
    target: "es2022",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
