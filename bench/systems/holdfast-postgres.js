import { holdfast } from './holdfast.js';
import { schemaAt } from './postgres-place.js';

/** Our own store on a server, through its public face. */
export const holdfastPostgres = () => ({ ...holdfast('Holdfast', {}), place: schemaAt });
