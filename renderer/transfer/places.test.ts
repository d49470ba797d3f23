import { expect, it } from 'vitest';
import { folderOf, homeOf, pathIn } from './places.ts';

it('puts a name into the folder of a path, whatever its separators', () => {
  expect(pathIn('/home/a/old.har', 'new.har')).toBe('/home/a/new.har');
  expect(pathIn('C:\\data\\old.har', 'new.har')).toBe('C:\\data\\new.har');
  expect(pathIn('old.har', 'new.har')).toBe('new.har');
  expect(folderOf('/home/a/')).toBe('/home/a/');
});

it('begins in the home of the user, or where the engine keeps its files', () => {
  expect(homeOf('/home/ada/.local/share/sidetap')).toBe('/home/ada/');
  expect(homeOf('C:\\Users\\Ada\\AppData\\sidetap')).toBe('C:\\Users\\Ada\\');
  expect(homeOf('/srv/sidetap')).toBe('/srv/sidetap/');
  expect(homeOf('D:\\data')).toBe('D:\\data\\');
});
