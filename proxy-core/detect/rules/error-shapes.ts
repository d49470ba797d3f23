import type { Evidence } from '../../rrpair/shapes.ts';

/**
 * What frameworks and servers write into the body of an error when nobody has told them otherwise. To add one: what it looks like (a first capture group
 * is taken as the version), what it is called, and the words that are shown as evidence. Only its beginning is looked at, and only of errors.
 */
export interface ErrorShape {
  technology: string;
  kind: Extract<Evidence['kind'], 'framework' | 'server' | 'vendor'>;
  body: RegExp;
  /** What was seen, for people. */
  says: string;
}

const framework = (technology: string, says: string, body: RegExp): ErrorShape => ({ technology, kind: 'framework', body, says });
const server = (technology: string, says: string, body: RegExp): ErrorShape => ({ technology, kind: 'server', body, says });

export const errorShapes: readonly ErrorShape[] = [
  framework('Spring Boot', 'the error attributes of Spring Boot', /^\{"timestamp":[^,]{1,60},"status":\d{3},"error":"/),
  framework('Spring Boot', '“Whitelabel Error Page”', /Whitelabel Error Page/),
  framework('Express', '“Cannot GET /…” in a pre', /<pre>Cannot [A-Z]{3,7} \//),
  framework(
    'NestJS',
    'statusCode beside “Cannot GET /…”',
    /^\{"message":"Cannot [A-Z]{3,7} \/[^"]{0,500}","error":"Not Found","statusCode":404\}/,
  ),
  framework('Fastify', '“Route GET:/… not found”', /"message":"Route [A-Z]{3,7}:\//),
  framework('FastAPI', 'detail with the place of what is wrong', /^\{"detail":\[\{"(?:type|loc)":/),
  framework('Django', 'the page that Django shows while it debugs', /<meta name="robots" content="NONE,NOARCHIVE">/),
  framework(
    'Django REST framework',
    'detail in the words of Django REST framework',
    /^\{"detail":"(?:Authentication credentials were not provided|Not found|Method \\"[A-Z]+\\" not allowed|Given token not valid for any token type|Invalid token|No [A-Z]\w+ matches the given query)\.?"/,
  ),
  framework(
    'Flask',
    'the error page of Werkzeug',
    /^<!doctype html>\r?\n<html lang=(?:"en"|en)>\r?\n<title>\d{3} [^<]{1,80}<\/title>\r?\n<h1>/i,
  ),
  framework('Rails', '“Action Controller: Exception caught”', /Action Controller: Exception caught|"exception":"#<[A-Z]\w+::/),
  framework('Laravel', 'an exception of Illuminate', /"exception": ?"(?:Illuminate|Symfony\\\\Component)\\\\/),
  framework('Symfony', 'the error page of Symfony', /<!-- [^>]{0,300}\(\d{3} [A-Z][\w ]{1,40}\) -->\s*<!DOCTYPE html>/),
  framework(
    'ASP.NET Core',
    'problem details of ASP.NET Core',
    /"type":"https:\/\/tools\.ietf\.org\/html\/rfc(?:7231|9110)#section-[\d.]+","title":"/,
  ),
  framework('Phoenix', '“Phoenix.Router.NoRouteError”', /Phoenix\.Router\.NoRouteError|<!-- Plug\.Debugger/),
  framework('Go net/http', '“404 page not found”', /^404 page not found\n$/),
  framework('gRPC-Gateway', 'code, message and details of gRPC', /^\{"code":\d{1,2}, ?"message":"[^"]{0,500}", ?"details":\[/),

  server('nginx', 'the error page of nginx', /<hr><center>nginx(?:\/([\d.]+))?/),
  server('OpenResty', 'the error page of OpenResty', /<hr><center>openresty(?:\/([\d.]+))?/),
  server('Apache', 'the error page of Apache', /<address>Apache(?:\/([\d.]+))?[^<]{0,200}<\/address>/),
  server('Tomcat', 'the error page of Tomcat', /<h3>Apache Tomcat\/([\d.]+)/),
  server('Jetty', '“Powered by Jetty”', /Powered by Jetty:\/\/(?: ([\d.v]+))?/),
  server('IIS', 'the error page of IIS', /<title>IIS ([\d.]+) Detailed Error/),
  server('Envoy', '“upstream connect error”', /^upstream connect error or disconnect\/reset before headers|^no healthy upstream$/),
  server(
    'HAProxy',
    'the error page of HAProxy',
    /^<html><body><h1>\d{3} [^<]{1,60}<\/h1>\n(?:No server is available|The server didn't respond|Your browser sent an invalid)/,
  ),
  server('Varnish', '“Varnish cache server”', /<p>Varnish cache server<\/p>/),
  server('Cloudflare', 'the error page of Cloudflare', /class="cf-error-|^error code: 1\d{3}$/),
  server('Kong', '“no Route matched with those values”', /"message":"no Route matched with those values"/),
  {
    technology: 'Elasticsearch',
    kind: 'vendor',
    body: /^\{"error":\{"root_cause":\[\{"type":"\w+"/,
    says: 'the error of Elasticsearch',
  },
  {
    technology: 'Kubernetes',
    kind: 'vendor',
    body: /^\{"kind":"Status","apiVersion":"v1"/,
    says: 'a Status of the Kubernetes API',
  },
  {
    technology: 'Amazon S3',
    kind: 'vendor',
    body: /^<\?xml [^>]{0,60}>\s*<Error><Code>\w{3,60}<\/Code><Message>/,
    says: 'the error of S3',
  },
];
