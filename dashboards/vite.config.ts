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
    // Our modules and flechette only define things: what a view does not use must not load with it.
    rolldownOptions: {
      treeshake: { moduleSideEffects: (id) => /main\.tsx$|\.css$/.test(id) },
      // Later parts take what they share from the first file: every file costs a request and headers.
      preserveEntrySignatures: "allow-extension",
    },
  },
});
