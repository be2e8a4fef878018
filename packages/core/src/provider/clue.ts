/** The kinds of causes that `diagnose` knows, in the order in which it tries them. */
export type RuleName =
  | 'secret_format'
  | 'other_secret'
  | 'scheme'
  | 'host'
  | 'port'
  | 'path_prefix'
  | 'trailing_slash'
  | 'query'
  | 'fragment'
  | 'body_reserialized'
  | 'value_trimmed'
  | 'repeated_field'
  | 'charset'
  | 'json_as_form'
  | 'signature_format'
  | 'clock'
  | 'other_provider';

/** What may be wrong with a request that is not valid, or with the options. Without secrets, signatures and values of fields. */
export interface Clue {
  /** The kind of cause. */
  readonly rule: RuleName;
  /** What shows it, in a sentence. */
  readonly evidence: string;
  /** What to do, in a sentence. */
  readonly fix: string;
  /** Whether it was proved with a configured secret. */
  readonly certain: boolean;
}
