import { readFileSync } from 'node:fs';
import { API_VERSION, CONDITION_TYPES, type Kind, type KindDefinition, KINDS, type StructuralSchema } from '../schemas/index.ts';
import { alarmCondition } from '../schemas/alarm-condition.ts';
import { labelSelector } from '../schemas/label-selector.ts';
import { signal } from '../schemas/signal.ts';
import { condition } from '../schemas/status.ts';
import { tag, tagDefaults } from '../schemas/tag.ts';
import { fieldRows, type Shared } from './field-rows.ts';

/** Parts used by several kinds, or large enough for a section of their own. */
const PARTS: readonly { readonly title: string; readonly schema: StructuralSchema }[] = [
  { title: 'Tag', schema: tag },
  { title: 'Tag defaults', schema: tagDefaults },
  { title: 'Alarm condition', schema: alarmCondition },
  { title: 'Signal', schema: signal },
  { title: 'Label selector', schema: labelSelector },
  { title: 'Condition', schema: condition },
];

const anchor = (title: string): string => title.toLowerCase().replaceAll(' ', '-');
const shared: Shared = new Map(PARTS.map(({ title, schema }) => [schema, `[${title}](#${anchor(title)})`]));

const INTRODUCTION = `# Resources

<!-- Generated from crds/src/schemas by \`npm run generate\`; do not edit. -->

All kinds are of \`${API_VERSION}\`; \`kubectl get kubeplant\` lists them all, and \`kubectl explain\` shows this page in the terminal. \`kubeplant validate\` and the local host judge files by the same rules as the API server. What the reasons of conditions mean is in [conditions](conditions.md).

- A field that is not listed here does not exist: it is refused, not ignored.
- \`text (63)\` is a text of at most 63 characters. Durations are written \`500ms\`, \`2s\`, \`1m30s\`, \`1h\`; never as bare numbers.
- A tag takes each setting from the first place that has it: the tag in the Device, the Device's \`defaults\`, the tag in the profile, the profile's \`defaults\`, the built-in value below. \`modbus\` is merged field by field, other blocks are replaced as a whole.
- A selector \`{}\` is everything of the site; an absent one is an error.
- YAML reads \`on\`, \`off\`, \`yes\`, \`no\` as true and false, and \`010\` as 8: write such texts in quotes.
`;

/** The reference page of all kinds, in Markdown. */
export function buildReference(): string {
  const contents = [...Object.values(KINDS).map(({ kind }) => kind), ...PARTS.map(({ title }) => title)];
  return [
    INTRODUCTION,
    contents.map((title) => `- [${title}](#${anchor(title)})`).join('\n'),
    ...Object.values(KINDS).map(describeKind),
    ...PARTS.map(({ title, schema }) => `## ${title}\n\n${schema.description}\n\n${describeRules(schema)}${describeFields(schema)}`),
  ]
    .map((part) => part.trim())
    .join('\n\n')
    .concat('\n');
}

function describeKind(definition: KindDefinition & { readonly kind: Kind }): string {
  const { kind, description, scope, singular, plural, shortNames, maxNameLength, columns, selectableFields, spec, status } = definition;
  const names = [...new Set([singular, plural, ...shortNames])].map((name) => `\`${name}\``).join(', ');
  return [
    `## ${kind}`,
    description,
    `${scope === 'Cluster' ? 'Cluster-scoped' : 'Namespaced'}. Names for kubectl: ${names}. The name of a ${kind} has at most ${maxNameLength} lower-case letters, digits and "-".`,
    `\`\`\`yaml\n${example(kind)}\`\`\``,
    `### ${kind} spec`,
    describeRules(spec) + describeFields(spec),
    `### ${kind} status`,
    describeFields(status),
    table(
      '| condition | when True |',
      Object.entries(CONDITION_TYPES[kind]).map(([type, meaning]) => `| ${type} | ${cell(meaning)} |`),
    ),
    `### ${kind} in kubectl get`,
    table(
      '| column | shows |',
      columns.map(({ name, priority, description: shows }) => `| ${name}${priority ? ' (`-o wide`)' : ''} | ${cell(shows)} |`),
    ),
    ...(selectableFields.length > 0 ? [`Field selectors: ${selectableFields.map((path) => `\`${path.slice(1)}\``).join(', ')}.`] : []),
  ].join('\n\n');
}

function describeRules(schema: StructuralSchema): string {
  const rules = schema['x-kubernetes-validations'] ?? [];
  return rules.length === 0 ? '' : `Rules:\n${rules.map(({ message }) => `- ${message}`).join('\n')}\n\n`;
}

function describeFields(schema: StructuralSchema): string {
  const rows = fieldRows(schema, '', shared).map(
    ({ path, type, fallback, meaning }) => `| \`${path}\` | ${cell(type)} | ${cell(fallback)} | ${cell(meaning)} |`,
  );
  return table('| field | type | default | meaning |', rows);
}

const table = (head: string, rows: readonly string[]): string => [head, head.replaceAll(/[^|]+/g, '---'), ...rows].join('\n');

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The largest accepted sample of a kind, without its first comment. */
function example(kind: Kind): string {
  const file = kind.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const documents = readFileSync(new URL(`../../samples/valid/${file}.yaml`, import.meta.url), 'utf8').split('---\n');
  const largest = documents.reduce((a, b) => (b.length > a.length ? b : a));
  return largest.replace(/^(#.*\n)+/, '');
}
