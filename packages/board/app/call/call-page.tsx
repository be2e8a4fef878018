export function CallPage({ callKey }: { readonly callKey: string }) {
  return <h1>{callKey}</h1>;
}
