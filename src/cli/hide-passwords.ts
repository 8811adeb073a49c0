/**
 * A text without the passwords of the URLs in it: what a person typed in the wrong place is repeated
 * in an error, and errors end in logs.
 */
export function hidePasswords(text: string): string {
  return text
    .replace(/((?:[a-z][a-z0-9+.-]*:\/\/|postgres(?:ql)?:\/*)[^\s:@/]*):[^\s"']*@/gi, '$1:***@')
    .replace(/([?&][a-z_]*(?:password|passwd|sslkey)=)[^\s&"']*/gi, '$1***');
}
