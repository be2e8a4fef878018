/**
 * How statements of the inbox are planned: by index, one row after the other, so that the cost depends on the rows that are returned. With
 * old statistics, and in plans that a server made while the tables were empty and keeps, whole tables would be read. As a penalty raises the
 * estimates, compiling a statement would begin to look worthwhile.
 */
export const BY_INDEX: string = ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin']
  .map((way) => `SET LOCAL enable_${way} = off; `)
  .concat('SET LOCAL jit = off')
  .join('');
