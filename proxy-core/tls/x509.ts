// @peculiar/x509 finds its parts through Reflect metadata and refuses to load without; so it is imported from here only, after its polyfill.
import 'reflect-metadata';

export * from '@peculiar/x509';
