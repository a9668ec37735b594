"""Asks the API server, with the driver's own token, for what no driver may, and writes each answer."""

import json
import os
import ssl
import sys
import urllib.error
import urllib.request

from pyspark.sql import SparkSession

account = "/var/run/secrets/kubernetes.io/serviceaccount"


def read(name):
    with open(f"{account}/{name}") as file:
        return file.read().strip()


base = f"https://kubernetes.default.svc/api/v1/namespaces/{read('namespace')}"
authority = ssl.create_default_context(cafile=f"{account}/ca.crt")


def ask(method, path, body=None, kind="application/json"):
    headers = {"Authorization": f"Bearer {read('token')}", "Content-Type": kind}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{base}/{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(request, context=authority) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def pod(name, **spec):
    container = {
        "name": "main",
        "image": "any:1",
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    security = {"runAsNonRoot": True, "runAsUser": 185, "seccompProfile": {"type": "RuntimeDefault"}}
    return {
        "metadata": {"name": name},
        "spec": {"containers": [container], "securityContext": security, **spec},
    }


def service(**spec):
    return {"metadata": {"name": "intruder"}, "spec": {"ports": [{"port": 443}], **spec}}


spark = SparkSession.builder.getOrCreate()
merge = "application/merge-patch+json"
_, services = ask("GET", "services")
own = services["items"][0]
address = {"spec": {"externalIPs": ["192.0.2.1"]}}
me = os.environ["HOSTNAME"]
answers = {
    "look at pods": ask("GET", "pods"),
    "try a pod": ask("POST", "pods?dryRun=All", pod("intruder")),
    "service": ask("POST", "services", service()),
    "service with an address": ask("POST", "services", service(externalIPs=["192.0.2.1"])),
    "port of the nodes": ask("POST", "services", service(type="NodePort")),
    "load balancer": ask("POST", "services", service(type="LoadBalancer")),
    "other service": ask("PATCH", f"services/{own['metadata']['name']}", address, merge),
    "service in its place": ask("PUT", f"services/{own['metadata']['name']}", {**own, **address}),
    "label of its pod": ask("PATCH", f"pods/{me}", {"metadata": {"labels": {"a": "b"}}}, merge),
    "ConfigMap": ask("POST", "configmaps", {"metadata": {"name": "intruder"}}),
    "secrets": ask("GET", "secrets"),
    "token": ask("POST", "serviceaccounts/spark/token", {}),
    **{
        name: ask("POST", "pods?dryRun=All", pod("intruder", priorityClassName=name))
        for name in ("system-node-critical", "system-cluster-critical")
    },
}
seen = {name: {"status": status, "message": body.get("message", "")} for name, (status, body) in answers.items()}
spark.createDataFrame([(json.dumps(seen),)], ["json"]).coalesce(1).write.mode("overwrite").text(sys.argv[1])
spark.stop()
