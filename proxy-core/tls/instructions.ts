import type { CertificateInfo } from '../rrpair/results.ts';
import { quoted } from './quoting.ts';
import type { TrustFiles } from './runtime-variables.ts';

type Instruction = CertificateInfo['instructions'][number];

/** What the CA is called wherever a store wants a name for it. */
const nickname = 'sidetap';

/**
 * How to make each system and runtime trust the CA, and how to undo it. Nothing of this is needed for a program that is started with
 * `sidetap start capture -- COMMAND`; it is for programs that read no variable, such as browsers and desktop applications.
 *
 * Each instruction's last step undoes it.
 */
export function trustInstructions(trust: TrustFiles): Instruction[] {
  const ca = quoted('bash', trust.caPath);
  const bundle = quoted('bash', trust.bundlePath);
  return [
    {
      id: 'macos',
      title: 'macOS',
      steps: [
        `security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ${ca}`,
        'macOS asks for your password; Safari, Chrome, Go and everything that asks the system trust the CA from then on.',
        `Undo: security remove-trusted-cert ${ca}; security delete-certificate -Z "$(openssl x509 -in ${ca} -noout -fingerprint -sha1 | sed 's/.*=//; s/://g')"`,
      ],
    },
    {
      id: 'windows',
      title: 'Windows',
      steps: [
        `certutil -user -addstore Root ${quoted('cmd', trust.caPath)}`,
        'Windows asks whether to install it; .NET, PowerShell, Edge and Chrome of this user trust the CA from then on.',
        `Undo, in PowerShell: Get-ChildItem Cert:\\CurrentUser\\Root | Where-Object Subject -match '^CN="?Sidetap local CA' | Remove-Item`,
      ],
    },
    {
      id: 'debian',
      title: 'Debian and Ubuntu',
      steps: [
        `sudo cp ${ca} /usr/local/share/ca-certificates/${nickname}.crt`,
        'sudo update-ca-certificates',
        `Undo: sudo rm /usr/local/share/ca-certificates/${nickname}.crt && sudo update-ca-certificates --fresh`,
      ],
    },
    {
      id: 'fedora',
      title: 'Fedora and RHEL',
      steps: [
        `sudo cp ${ca} /etc/pki/ca-trust/source/anchors/${nickname}.pem`,
        'sudo update-ca-trust',
        `Undo: sudo rm /etc/pki/ca-trust/source/anchors/${nickname}.pem && sudo update-ca-trust`,
      ],
    },
    {
      id: 'arch',
      title: 'Arch Linux',
      steps: [`sudo trust anchor --store ${ca}`, `Undo: sudo trust anchor --remove ${ca}`],
    },
    {
      id: 'chrome',
      title: 'Chrome and Chromium on Linux',
      steps: [
        'Install certutil: sudo apt-get install libnss3-tools, on Fedora sudo dnf install nss-tools',
        'mkdir -p "$HOME/.pki/nssdb" && { certutil -d sql:"$HOME/.pki/nssdb" -L >/dev/null 2>&1 || certutil -d sql:"$HOME/.pki/nssdb" -N --empty-password; }',
        `certutil -d sql:"$HOME/.pki/nssdb" -A -t C,, -n ${nickname} -i ${ca}`,
        `Undo: certutil -d sql:"$HOME/.pki/nssdb" -D -n ${nickname}`,
      ],
    },
    {
      id: 'firefox',
      title: 'Firefox',
      steps: [
        'On macOS and Windows, trust the CA in the system as above; Firefox follows it.',
        `On Linux: Settings > Privacy & Security > Certificates > View Certificates > Authorities > Import, choose ${trust.caPath}, tick "identify websites".`,
        'Undo: in the same list choose "Sidetap local CA" and Delete or Distrust.',
      ],
    },
    {
      id: 'java',
      title: 'Java',
      steps: [
        `For one program, add: -Djavax.net.ssl.trustStore=${quoted('bash', trust.p12Path)} -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=${trust.p12Password}`,
        `For every program of a JDK (9 or later): sudo keytool -importcert -noprompt -cacerts -storepass changeit -alias ${nickname} -file ${ca}`,
        `Undo: sudo keytool -delete -cacerts -storepass changeit -alias ${nickname}`,
      ],
    },
    {
      id: 'node',
      title: 'Node',
      steps: [`export NODE_EXTRA_CA_CERTS=${ca}`, 'Undo: unset NODE_EXTRA_CA_CERTS'],
    },
    {
      id: 'python',
      title: 'Python',
      steps: [
        `export SSL_CERT_FILE=${bundle} REQUESTS_CA_BUNDLE=${bundle}`,
        'The first is for ssl, urllib, httpx and aiohttp, the second for requests and what is built on it.',
        'Undo: unset SSL_CERT_FILE REQUESTS_CA_BUNDLE',
      ],
    },
    {
      id: 'curl',
      title: 'curl',
      steps: [`curl --cacert ${ca} https://…`, `For every call: export CURL_CA_BUNDLE=${bundle}`, 'Undo: unset CURL_CA_BUNDLE'],
    },
    {
      id: 'wget',
      title: 'wget',
      steps: [
        `wget --ca-certificate=${ca} https://…`,
        `For every call, as wget reads no variable for it: add the line ca_certificate = ${trust.bundlePath} to ~/.wgetrc`,
        'Undo: remove that line from ~/.wgetrc',
      ],
    },
    {
      id: 'docker',
      title: 'Docker',
      steps: [
        `For one container: docker run -v ${bundle}:/etc/sidetap/ca-bundle.pem:ro -v ${ca}:/etc/sidetap/ca.pem:ro -e SSL_CERT_FILE=/etc/sidetap/ca-bundle.pem -e REQUESTS_CA_BUNDLE=/etc/sidetap/ca-bundle.pem -e NODE_EXTRA_CA_CERTS=/etc/sidetap/ca.pem IMAGE`,
        `In the Dockerfile of a Debian or Alpine image, with a copy of ${trust.caPath} beside it: COPY ca.pem /usr/local/share/ca-certificates/${nickname}.crt`,
        'RUN update-ca-certificates',
        'Undo: leave the options or the two lines out and make the container or the image anew.',
      ],
    },
  ];
}
