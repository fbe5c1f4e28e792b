import { lexicographicSortSchema, printSchema } from 'graphql';
import { createSchema, type SchemaOptions } from './create-schema';

/** Build step: writes the schema as SDL to the standard output. Nothing is resolved, so nothing need be there. */
process.stdout.write(`${printSchema(lexicographicSortSchema(createSchema({} as SchemaOptions)))}\n`);
