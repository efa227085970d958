/** The project's own source files, parsed: what tests about the code itself look at. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** The folder of package.json; tests run two folders below it. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Import {
  /** A path from the root, such as `src/errors.ts`, for a file of ours; otherwise what stands in the source. */
  readonly target: string
  readonly ours: boolean
  readonly typeOnly: boolean
}

export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
}

/** Every TypeScript file below the folders, without fixtures. */
export function sourceFiles (...folders: string[]): SourceFile[] {
  return folders.flatMap(folder => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.split(sep).includes('fixtures'))
    .map(entry => parse(relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')))
}

/** Everything a file imports or exports from elsewhere, also where a dynamic import names it. */
export function importsOf (file: SourceFile): Import[] {
  return [...nodes(file.tree)].flatMap(node => {
    const found = importOf(node)
    return found === undefined ? [] : [resolve(file, found)]
  })
}

/** A node and all below it. */
export function * nodes (node: ts.Node): Iterable<ts.Node> {
  yield node
  const children: ts.Node[] = []
  ts.forEachChild(node, child => { children.push(child) })
  for (const child of children) yield * nodes(child)
}

/** Where a node stands, for a message. */
export function place ({ path, tree }: SourceFile, node: ts.Node): string {
  return `${path}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`
}

function parse (path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8')
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }
}

function importOf (node: ts.Node): { name: string, typeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node)) return named(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
  if (ts.isExportDeclaration(node)) return named(node.moduleSpecifier, node.isTypeOnly)
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return named(node.argument.literal, true)
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return named(node.arguments[0], false)
  return undefined
}

function named (specifier: ts.Node | undefined, typeOnly: boolean): { name: string, typeOnly: boolean } | undefined {
  return specifier !== undefined && ts.isStringLiteral(specifier) ? { name: specifier.text, typeOnly } : undefined
}

function resolve ({ path }: SourceFile, { name, typeOnly }: { name: string, typeOnly: boolean }): Import {
  const ours = name.startsWith('.')
  return { target: ours ? posix.join(dirname(path), name) : name, ours, typeOnly }
}
