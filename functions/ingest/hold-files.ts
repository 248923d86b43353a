/** One scope of a full export that shrank too far against its last accepted snapshot. */
export interface ShrunkScope {
  readonly scope: string;
  readonly rows: number;
  readonly lastRows: number;
}

export interface ScopedFile {
  /** Number of the file in the night. */
  readonly file: number;
  /** rows_read of each scope in the file. */
  readonly scopes: Readonly<Record<string, number>>;
}

/**
 * The files of one full export's snapshot that are held (rows.md, *Files*): those with rows of a
 * scope whose rows × 100 < percent × the last accepted ones, and, through shared scopes, all files
 * that would otherwise deliver half of a scope. `standingRows` are rows of files that stand in the
 * snapshot without being read again. File → the scope that held it.
 */
export function findHeldFiles(
  files: readonly ScopedFile[],
  standingRows: ReadonlyMap<string, number>,
  lastRows: ReadonlyMap<string, number>,
  percent: number,
): ReadonlyMap<number, ShrunkScope> {
  const rows = new Map<string, number>(standingRows);
  for (const file of files) {
    for (const [scope, count] of Object.entries(file.scopes)) {
      rows.set(scope, (rows.get(scope) ?? 0) + count);
    }
  }
  const cause = new Map<string, ShrunkScope>();
  for (const scope of new Set(files.flatMap((f) => Object.keys(f.scopes)))) {
    const now = rows.get(scope) ?? 0;
    const last = lastRows.get(scope);
    if (last !== undefined && now * 100 < percent * last) {
      cause.set(scope, { scope, rows: now, lastRows: last });
    }
  }
  const held = new Map<number, ShrunkScope>();
  for (let grew = true; grew;) {
    grew = false;
    for (const file of files) {
      if (held.has(file.file)) continue;
      const scope = Object.keys(file.scopes).find((s) => cause.has(s));
      const shrunk = scope === undefined ? undefined : cause.get(scope);
      if (!shrunk) continue;
      held.set(file.file, shrunk);
      for (const shared of Object.keys(file.scopes)) {
        if (!cause.has(shared)) cause.set(shared, shrunk);
      }
      grew = true;
    }
  }
  return held;
}

/**
 * Files that would deliver half of a scope because another file of it is on hold: through shared
 * scopes, any number of files on. File → the one on hold that it goes with.
 */
export function findCompanions(
  files: readonly ScopedFile[], onHold: readonly ScopedFile[],
): ReadonlyMap<number, number> {
  const cause = new Map<string, number>();
  for (const { file, scopes } of onHold) {
    for (const scope of Object.keys(scopes)) if (!cause.has(scope)) cause.set(scope, file);
  }
  const companions = new Map<number, number>();
  for (let grew = true; grew;) {
    grew = false;
    for (const { file, scopes } of files) {
      const shared = Object.keys(scopes).find((scope) => cause.has(scope));
      if (shared === undefined || companions.has(file)) continue;
      const first = cause.get(shared) as number;
      companions.set(file, first);
      for (const scope of Object.keys(scopes)) if (!cause.has(scope)) cause.set(scope, first);
      grew = true;
    }
  }
  return companions;
}
