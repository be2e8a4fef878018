import ts from 'typescript-5';

/** Source files as the compiler sees them. */
export function programOf(files: readonly string[]): {
  readonly checker: ts.TypeChecker;
  /** What a file exports, also by `export *`. */
  readonly exportsOf: (file: string) => readonly ts.Symbol[];
} {
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
  });
  const checker = program.getTypeChecker();
  return {
    checker,
    exportsOf: (file) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile);
      return checker.getExportsOfModule(module as ts.Symbol);
    },
  };
}
