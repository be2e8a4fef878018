/** The address of a repository on a host such as GitHub, without `.git` or a slash at its end. */
export type Address = `https://${string}/${string}`;

/**
 * Where the repository is published: the one place for it. Packing writes it into every package.json (`repository`, `homepage`,
 * `bugs`) and into the links of the READMEs. It is not decided yet, and nothing is released before it is.
 */
export const REPOSITORY: Address | undefined = undefined;
