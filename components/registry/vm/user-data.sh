#!/usr/bin/env bash
# Makes a Debian 13 machine the registry: cloud-init runs it at the first boot, as root. A second run changes nothing.
# Nothing here is secret: users, and the certificate where the stack makes it, come from the parameter store.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
# @values@

# A release of https://github.com/aws/amazon-ssm-agent
ssm_agent=3.3.4624.0
packages=(ca-certificates curl docker-registry logrotate needrestart nginx python3-boto3 unattended-upgrades)
[ "$certificate" = private ] || packages+=(certbot python3-certbot-dns-route53)

say() { echo "registry: $*"; }
installed() { dpkg -s "$@" >/dev/null 2>&1; }

# put FILE [MODE]: makes the file what comes in; a file that is that already stays untouched. Sets `wrote` to yes or no.
put() {
  local new
  new=$(mktemp)
  cat >"$new"
  wrote=no
  if ! cmp -s "$new" "$1"; then
    install -D -m "${2:-644}" "$new" "$1"
    wrote=yes
  fi
  rm "$new"
}

# Services start when all of their files are there, and not as their packages come.
install_packages() {
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  until apt-get update -q -o APT::Update::Error-Mode=any &&
    apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 "${packages[@]}"; do
    say "packages: once more in 20 s"
    sleep 20
  done
  rm /usr/sbin/policy-rc.d
}

# Who must look inside does so by Session Manager.
if installed openssh-server; then apt-get purge -y -q -o DPkg::Lock::Timeout=300 openssh-server; fi
installed "${packages[@]}" || install_packages

install -d -m 755 /etc/registry /etc/registry/tls
put /etc/registry/settings <<END
HOST=$host
AWS_DEFAULT_REGION=$region
PARAMETERS=$parameters
END
put /etc/docker/registry/config.yml <<<"$distribution_config"
put /etc/nginx/conf.d/registry.conf <<<"$nginx_config"
rm -f /etc/nginx/sites-enabled/default

# --- users and certificate ---
put /usr/local/sbin/registry-sync 755 <<'END'
#!/usr/bin/python3
"""Brings users, and the certificate where the stack makes it, from the parameter store. Prints no value.
What is there stays where anything fails."""
import grp, os, pathlib, ssl, subprocess
import boto3

folder = pathlib.Path("/etc/registry")
# nginx's workers read the users at each request, its root process the key when it loads.
files = {
    "htpasswd": (folder / "htpasswd", 0o640, "www-data"),
    "tls-certificate": (folder / "tls/tls.crt", 0o644, "root"),
    "tls-key": (folder / "tls/tls.key", 0o600, "root"),
    "ca-certificate": (folder / "tls/ca.crt", 0o644, "root"),
}


def read():
    path = os.environ["PARAMETERS"]
    pages = boto3.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=path, WithDecryption=True)
    values = {each["Name"].rpartition("/")[2]: each["Value"] for page in pages for each in page["Parameters"]}
    if not values:
        raise SystemExit(f"no parameters below {path}")
    return {name: value.encode() for name, value in values.items() if name in files}


def holds(file, value):
    return file.exists() and file.read_bytes() == value


def stage(name, value):
    """The value in a new file beside the one that it will replace."""
    file, mode, group = files[name]
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        os.fchown(out.fileno(), 0, grp.getgrnam(group).gr_gid)
        os.fchmod(out.fileno(), mode)
        out.write(value)
        os.fsync(out.fileno())
    return new


def main():
    values = read()
    changed = sorted(name for name, value in values.items() if not holds(files[name][0], value))
    new = {name: files[name][0] for name in files} | {name: stage(name, values[name]) for name in changed}
    tls = {"tls-certificate", "tls-key"} & set(changed)
    if tls:
        # Fails where the two do not belong together, as they may for a moment while the stack renews them.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(new["tls-certificate"], new["tls-key"])
    for name in changed:
        new[name].replace(files[name][0])
    if changed:
        print("changed:", *changed)
    if tls:
        subprocess.run(["systemctl", "reload-or-restart", "nginx"], check=True)


main()
END

# every_minute NAME WHAT: runs /usr/local/sbin/NAME each minute
every_minute() {
  put "/etc/systemd/system/$1.service" <<END
[Unit]
Description=$2
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=oneshot
EnvironmentFile=/etc/registry/settings
ExecStart=/usr/local/sbin/$1
TimeoutStartSec=5min
# A line when something happened, and none each minute.
SyslogLevel=notice
LogLevelMax=notice
END
  put "/etc/systemd/system/$1.timer" <<END
[Unit]
Description=$2, each minute

[Timer]
OnActiveSec=0
OnUnitInactiveSec=60
AccuracySec=1

[Install]
WantedBy=timers.target
END
}
every_minute registry-sync "Users and certificate of the registry"

if [ "$certificate" = acme ]; then
  put /usr/local/sbin/registry-certificate 755 <<END
#!/bin/sh
exec certbot certonly --non-interactive --agree-tos --no-eff-email --email ${email@Q} --server ${directory@Q} \\
  --key-type ecdsa --keep-until-expiring --dns-route53 --domain $host --deploy-hook /usr/local/sbin/registry-take-certificate
END
  put /usr/local/sbin/registry-take-certificate 755 <<'END'
#!/bin/sh
# certbot calls it with each new certificate.
set -e
install -m 600 "$RENEWED_LINEAGE/privkey.pem" /etc/registry/tls/tls.key
install -m 644 "$RENEWED_LINEAGE/fullchain.pem" /etc/registry/tls/tls.crt
systemctl reload-or-restart nginx
END
  # Authorities forgive five failures an hour.
  put /etc/systemd/system/registry-certificate.service <<'END'
[Unit]
Description=First certificate of the registry
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/registry-certificate
Restart=on-failure
RestartSec=15min

[Install]
WantedBy=multi-user.target
END
fi

# --- health ---
put /usr/local/sbin/registry-health 755 <<'END'
#!/usr/bin/env bash
# Asks as a client does. What has not answered for half a minute starts again; no restart mends a certificate.
set -euo pipefail
ca=/etc/registry/tls/ca.crt
[ -e "$ca" ] || ca=/etc/ssl/certs/ca-certificates.crt
ask() { curl -fsS -o /dev/null --max-time 10 --cacert "$ca" --connect-to "$HOST:443:127.0.0.1:443" "https://$HOST/healthz"; }
for _ in 1 2 3; do
  status=0
  ask || status=$?
  case $status in
    0) exit 0 ;;
    60) exit 60 ;;
  esac
  sleep 10
done
echo "unhealthy: docker-registry and nginx start again"
systemctl restart docker-registry nginx
exit "$status"
END
every_minute registry-health "Health of the registry"
put /etc/systemd/system/registry-health.service.d/certificate.conf <<'END'
[Unit]
ConditionPathExists=/etc/registry/tls/tls.crt
END

put /etc/systemd/system/docker-registry.service.d/registry.conf <<'END'
[Unit]
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Restart=always
RestartSec=5
CapabilityBoundingSet=
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
END
put /etc/systemd/system/nginx.service.d/registry.conf <<'END'
[Unit]
ConditionPathExists=/etc/registry/tls/tls.crt
StartLimitIntervalSec=0

[Service]
Restart=always
RestartSec=5
END

# --- upkeep ---
put /etc/apt/apt.conf.d/60-registry <<'END'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-Time "03:30";
END
put /etc/needrestart/conf.d/registry.conf <<'END'
# Services that use what was upgraded start again by themselves.
$nrconf{restart} = 'a';
END
put /etc/systemd/journald.conf.d/registry.conf <<<$'[Journal]\nSystemMaxUse=200M'
[ $wrote = no ] || systemctl restart systemd-journald
put /etc/systemd/resolved.conf.d/registry.conf <<<$'[Resolve]\nLLMNR=no\nMulticastDNS=no'
[ $wrote = no ] || systemctl try-restart systemd-resolved

systemctl daemon-reload
systemctl enable --now --quiet docker-registry nginx registry-sync.timer registry-health.timer
if [ "$certificate" = acme ]; then
  systemctl enable --now --quiet certbot.timer
  systemctl enable --quiet registry-certificate
  systemctl start --no-block registry-certificate
fi

# Not in Debian. AWS changes the key that signs it: its own bucket, over TLS, is what vouches for it.
if ! installed amazon-ssm-agent; then
  deb=$(mktemp --suffix=.deb)
  url=https://s3.$region.amazonaws.com/amazon-ssm-$region/$ssm_agent/debian_$(dpkg --print-architecture)/amazon-ssm-agent.deb
  if curl -fsS --proto =https --retry 3 -o "$deb" "$url" && dpkg -i "$deb"; then
    say "Session Manager leads in"
  else
    say "no Session Manager: $url could not be installed. The registry does without."
  fi
  rm "$deb"
fi
say "installed"
