/**
 * The part of JSON Schema that Kubernetes accepts in a CustomResourceDefinition ("structural schema"), with our own
 * `x-kubeplant-*` notes, which are left out of the YAML.
 */
export interface StructuralSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  /** What `kubectl explain` and the reference page say. */
  readonly description: string;
  readonly format?: 'int32' | 'int64' | 'date-time';
  readonly default?: unknown;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
  /** Only Kubernetes can honour the field; the local host says `NotOnThisHost`. */
  readonly 'x-kubeplant-host'?: 'Kubernetes';
  /** Value in force when nothing is declared and the schema itself fills nothing in (fields that cascade). */
  readonly 'x-kubeplant-default'?: string;
  /** What `pattern` asks for, in words: "must be …". */
  readonly 'x-kubeplant-pattern'?: string;
  /** Value shown in the reference page. */
  readonly 'x-kubeplant-example'?: unknown;
}

/** A validation rule in CEL, standard functions only: the API server and @bufbuild/cel both run it. */
export interface CelRule {
  readonly rule: string;
  /** What is wrong and what to do; no line breaks. */
  readonly message: string;
  /** Computes the message where it has to name a value; `message` is the fallback. */
  readonly messageExpression?: string;
  /** Field the error is reported at, below the schema that carries the rule. */
  readonly fieldPath?: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
}

/** A schema of text, as the makers in `fields.ts` return it. */
export interface TextSchema extends StructuralSchema {
  readonly type: 'string';
}

type RequiredNames<S> =
  | (S extends { readonly required: readonly (infer R)[] } ? R : never)
  | (S extends { readonly properties: infer P }
      ? { [K in keyof P]: P[K] extends { readonly default: infer D } ? (undefined extends D ? never : K) : never }[keyof P]
      : never);

type InferObject<S, P> = { readonly [K in keyof P as K extends RequiredNames<S> ? K : never]: Infer<P[K]> } & {
  readonly [K in keyof P as K extends RequiredNames<S> ? never : K]?: Infer<P[K]>;
};

type Flat<T> = { [K in keyof T]: T[K] };

/**
 * The TypeScript type of what a schema accepts, as stored: fields with a schema default are present, objects are closed.
 */
export type Infer<S> = S extends { readonly 'x-kubernetes-int-or-string': true }
  ? string | number
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly type: 'string' }
      ? string
      : S extends { readonly type: 'integer' | 'number' }
        ? number
        : S extends { readonly type: 'boolean' }
          ? boolean
          : S extends { readonly type: 'array'; readonly items: infer I }
            ? readonly Infer<I>[]
            : S extends { readonly properties: infer P }
              ? Flat<InferObject<S, P>>
              : S extends { readonly additionalProperties: infer A }
                ? Readonly<Record<string, Infer<A>>>
                : Readonly<Record<string, never>>;
