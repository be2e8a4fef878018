/**
 * Where the repository is published, such as `https://example.com/call-status`: the one place for it. Packing writes it into every
 * package.json (`repository`, `homepage`, `bugs`) and into the links of the READMEs. It is not decided yet, and nothing is released
 * before it is.
 */
export const REPOSITORY: string | undefined = undefined;
