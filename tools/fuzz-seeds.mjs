// Where fuzzing starts from: the scripts and manifests of the repository's own tests and examples, one a file, in fuzz/corpus.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const files = (dir, end) =>
  readdirSync(new URL(dir, root), { recursive: true })
    .filter((name) => name.endsWith(end))
    .map((name) => readFileSync(new URL(`${dir}/${name}`, root), 'utf8'));

function seed(target, texts) {
  const dir = new URL(`fuzz/corpus/${target}/`, root);
  mkdirSync(dir, { recursive: true });
  for (const text of new Set(texts)) {
    writeFileSync(new URL(createHash('sha1').update(text).digest('hex'), dir), text);
  }
}

const recorded = files('tests/data/shell', '.jsonl').flatMap((text) => text.trim().split('\n').map((line) => JSON.parse(line).script));
// Rust's string literals that look like scripts or manifests; escapes are undone as far as it matters here.
const literals = [...files('tests', '.rs'), ...files('benches', '.rs')].flatMap((text) =>
  [...text.matchAll(/"((?:[^"\\]|\\[^])*)"/g)].map(([, inner]) =>
    inner.replace(/\\(?:\n\s*|([^]))/g, (_, c) => ({ n: '\n', t: '\t', '0': '\0' })[c] ?? c ?? ''),
  ),
);
seed('script', [...recorded, ...literals.filter((text) => /[;|$&]| -/.test(text))]);
seed('document', [
  ...files('src/app/examples', '.yaml'),
  ...files('tests/data', '.yaml'),
  ...literals.filter((text) => /kind: |containers/i.test(text)),
]);
