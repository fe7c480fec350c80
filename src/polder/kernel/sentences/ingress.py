"""Sentences whose code begins with ``ingress.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "ingress.away-title": N_("One moment"),
    "ingress.away": N_(
        "This service is being looked after and will be back soon. Please try again in a minute."
    ),
    "ingress.gone-title": N_("Nothing here"),
    "ingress.gone": N_("There is no service under this name. It may have moved or ended."),
    "ingress.no-authority": N_("This site has no certificate authority yet."),
    "ingress.not-its-key": N_("secrets/polder.ca.age is not the key of the root in internal-ca.crt."),
    "ingress.uncovered": N_(
        "{domain} is a public name that this site's certificate authority cannot vouch for."
    ),
    "ingress.trust-about": N_(
        "{name} signs the certificates of its internal names itself. A device believes them once it trusts this authority."
    ),
    "ingress.trust-limits": N_(
        "It can vouch for these names and those below them, and for no other: {names}. Whoever held its key could not pose as "
        "any other site to you."
    ),
    "ingress.trust-until": N_(
        "It lasts until {until}. What signs day to day is renewed every year; nobody has to do anything."
    ),
    "ingress.trust-fingerprint": N_("Fingerprint (SHA-256): {fingerprint}"),
    "ingress.trust-verify": N_(
        "Before trusting it, compare the fingerprint with one you got another way: read out on the phone, printed, or shown in "
        "person. A file that came by the same mail or page as its fingerprint proves nothing. To see that of a file: "
        "openssl x509 -in {file} -noout -fingerprint -sha256"
    ),
    "ingress.trust-save": N_("To get it as a file to hand out: polder trust --save {file}"),
    "ingress.trust-saved": N_("The certificate to trust was written to {file}."),
    "ingress.trust-save-exists": N_("{file} exists already and was left as it is."),
    "ingress.trust-install": N_("Trust it"),
    "ingress.trust-remove": N_("Stop trusting it"),
    "ingress.trust-debian": N_(
        "sudo cp {file} /usr/local/share/ca-certificates/{slug}.crt && sudo update-ca-certificates"
    ),
    "ingress.untrust-debian": N_(
        "sudo rm /usr/local/share/ca-certificates/{slug}.crt && sudo update-ca-certificates --fresh"
    ),
    "ingress.trust-firefox": N_(
        "Settings > Privacy & Security > Certificates > View Certificates > Authorities > Import: choose {file} and tick "
        "only the trust for websites."
    ),
    "ingress.untrust-firefox": N_("The same list: choose {root}, then Delete or Distrust."),
    "ingress.trust-chromium": N_(
        'On Linux: certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n "{root}" -i {file} (package libnss3-tools). Elsewhere Chromium '
        "and Chrome ask the system."
    ),
    "ingress.untrust-chromium": N_('certutil -d sql:$HOME/.pki/nssdb -D -n "{root}"'),
    "ingress.trust-android": N_(
        "Copy {file} to the device; Settings > Security > Encryption & credentials > Install a certificate > CA certificate. For "
        "Firefox also: Settings > About Firefox, touch the logo five times, then Secret settings > Use third party CA certificates."
    ),
    "ingress.untrust-android": N_(
        "Settings > Security > Encryption & credentials > Trusted credentials > User: choose it, Remove."
    ),
    "ingress.trust-ios": N_(
        "Send {file} to the device and open it; Settings > Profile Downloaded > Install; then Settings > General > About > "
        "Certificate Trust Settings: switch it on."
    ),
    "ingress.untrust-ios": N_("Settings > General > VPN & Device Management: choose it, Remove Profile."),
    "ingress.trust-macos": N_(
        "sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain {file}"
    ),
    "ingress.untrust-macos": N_(
        "sudo security remove-trusted-cert -d {file}, then delete {root} in Keychain Access."
    ),
    "ingress.trust-windows": N_("In a terminal as administrator: certutil -addstore -f Root {file}"),
    "ingress.untrust-windows": N_('In a terminal as administrator: certutil -delstore Root "{root}"'),
    "ingress.trust-curl": N_("For one command only: curl --cacert {file} https://..."),
}

HINTS: dict[str, str] = {
    "ingress.trust-save-exists": N_("Name another file."),
    "ingress.no-authority": N_("The first `polder apply` makes one."),
    "ingress.not-its-key": N_("Bring both back from the same version of the site, then apply again."),
    "ingress.uncovered": N_(
        "Browsers will warn of it until public certificates (ACME) arrive; until then use a name under .test, .internal or .home.arpa."
    ),
}
