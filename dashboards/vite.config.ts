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
    // Our modules only define things: what a view does not use must not load with it.
    rolldownOptions: {
      treeshake: { moduleSideEffects: (id) => /main\.tsx$|\.css$/.test(id) },
      // Every file of the first view costs a request and its headers: what is shared goes in one.
      output: {
        codeSplitting: {
          groups: [
            { name: "figure-names", test: /figure-names/, priority: 1 },
            {
              name: "shared",
              test: /node_modules|page-context|shared\/(figures|areas|county-list|number-format|messages\/catalogue)/,
            },
          ],
        },
      },
    },
  },
});
