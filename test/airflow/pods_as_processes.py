"""A stand-in for the Kubernetes API: each pod's command runs as a local process. Nothing like a cluster.

    pods_as_processes.py --kubeconfig FILE --record FILE --path PATH --directory DIR

Takes a free port, then writes FILE, a kubeconfig that leads to it: point KUBECONFIG there.
Knows pods only, enough for Airflow's KubernetesPodOperator: create, read, list by labels, patch of labels and
annotations, delete, logs.

- The process is the first container's command + args, without a shell, in DIR; the image is ignored. Its environment is
  the pod's declared `env` and PATH (--path), no more: `envFrom` is not resolved, of `valueFrom` only the pod's name.
  `$(VAR)` in arguments is replaced as Kubernetes does.
- Each emptyDir is a folder of the pod's own, and its mount path in an environment value becomes that folder. Nothing
  else is mounted. No isolation, no limits, no init containers, no sidecars (so no XCom from pods).
- A process that ends with another code than 0 makes a Failed pod. DELETE sends SIGTERM to the process group, SIGKILL
  after the grace period, and the pod is gone when the process is.
- --record gets one JSON object per ended pod: name, labels, argv, exit_code (128 + the signal's number when killed), log,
  spec, the spec being what the client had sent.
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlparse

options = argparse.ArgumentParser()
options.add_argument("--kubeconfig", required=True)
options.add_argument("--record", required=True)
options.add_argument("--path", required=True)
options.add_argument("--directory", required=True)
options = options.parse_args()

pods, lock = {}, threading.RLock()


def now(form="%Y-%m-%dT%H:%M:%SZ"):
    return datetime.now(timezone.utc).strftime(form)


class Pod:
    def __init__(self, namespace, body):
        self.body, self.spec = body, json.loads(json.dumps(body["spec"]))
        self.name = body["metadata"]["name"]
        self.container = body["spec"]["containers"][0]
        self.log, self.process, self.deleted, self.ended = [], None, False, threading.Event()
        self.started = now()
        body["metadata"].update(namespace=namespace, uid=str(uuid.uuid4()), creationTimestamp=now(), resourceVersion="1")
        self.status("Pending")
        threading.Thread(target=self.run, daemon=True).start()

    def environment(self, folder):
        """The pod's own variables; a path in an emptyDir becomes one in the folder."""
        empty = {volume["name"] for volume in self.spec.get("volumes") or [] if "emptyDir" in volume}
        folders = {}
        for mount in self.container.get("volumeMounts") or []:
            if mount["name"] in empty:
                folders[mount["mountPath"]] = os.path.join(folder, mount["name"])
                os.makedirs(folders[mount["mountPath"]], exist_ok=True)
        env = {"PATH": options.path}
        for entry in self.container.get("env") or []:
            field = ((entry.get("valueFrom") or {}).get("fieldRef") or {}).get("fieldPath")
            value = self.name if field == "metadata.name" else entry.get("value") or ""
            env[entry["name"]] = folders.get(value, value)
        return env

    def status(self, phase, state=None):
        self.body["status"] = {"phase": phase, "startTime": self.started, "conditions": [{"type": "PodScheduled", "status": "True"}]}
        if state:
            self.body["status"]["containerStatuses"] = [{
                "name": self.container["name"], "image": self.container.get("image", ""), "imageID": "", "restartCount": 0,
                "ready": phase == "Running", "state": state, "lastState": {}}]

    def say(self, line):
        self.log.append((now("%Y-%m-%dT%H:%M:%S.%f000Z"), line))

    def run(self):
        folder = tempfile.TemporaryDirectory(prefix="pod-")
        env = self.environment(folder.name)
        argv = [
            re.sub(r"\$\((\w+)\)", lambda match: env.get(match[1], match[0]), word)
            for word in (self.container.get("command") or []) + (self.container.get("args") or [])
        ]
        code = 143
        if not self.deleted:
            self.status("Running", {"running": {"startedAt": self.started}})
            try:
                # An absolute program: Popen itself would look it up on our PATH, not on the pod's.
                program = shutil.which(argv[0], path=env["PATH"]) or argv[0]
                self.process = subprocess.Popen(argv, executable=program, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                                stderr=subprocess.STDOUT, start_new_session=True, cwd=options.directory)
                if self.deleted:
                    self.signal(signal.SIGTERM)
                for line in self.process.stdout:
                    self.say(line)
                code = self.process.wait()
                code = 128 - code if code < 0 else code
            except (OSError, IndexError) as error:
                self.say(f"{error}\n".encode())
                code = 127
        with lock:
            self.status("Succeeded" if code == 0 else "Failed", {"terminated": {
                "exitCode": code, "reason": "Completed" if code == 0 else "Error", "startedAt": self.started, "finishedAt": now()}})
            with open(options.record, "a") as record:
                record.write(json.dumps({
                    "name": self.name, "labels": self.body["metadata"].get("labels"), "argv": argv, "exit_code": code,
                    "log": b"".join(line for _, line in self.log).decode(errors="replace"), "spec": self.spec}) + "\n")
            if self.deleted:
                pods.pop(self.name, None)
        folder.cleanup()
        self.ended.set()

    def signal(self, number):
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, AttributeError):
            pass

    def delete(self, grace):
        with lock:
            if self.ended.is_set():
                pods.pop(self.name, None)
                return
            self.deleted = True
            self.body["metadata"]["deletionTimestamp"] = now()
        self.signal(signal.SIGTERM)
        killer = threading.Timer(grace, self.signal, [signal.SIGKILL])
        killer.daemon = True
        killer.start()

    def has(self, selector):
        labels = self.body["metadata"].get("labels") or {}
        for term in filter(None, selector.split(",")):
            key, operator, value = re.fullmatch(r"(!?[^!=]+)(!=|==?|)(.*)", term).groups()
            if operator == "!=":
                fits = labels.get(key) != value
            elif operator:
                fits = labels.get(key) == value
            else:
                fits = (key.lstrip("!") in labels) != key.startswith("!")
            if not fits:
                return False
        return True


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, code, body):
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def fail(self, code, reason, message=""):
        self.send(code, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": message, "code": code})

    def handle_request(self):
        url = urlparse(self.path)
        query, parts = dict(parse_qsl(url.query)), url.path.strip("/").split("/")
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        if parts[:3] != ["api", "v1", "namespaces"] or not 5 <= len(parts) <= 7:
            return self.fail(404, "NotFound", url.path)
        namespace, kind, name = parts[3], parts[4], parts[5] if len(parts) > 5 else None
        if kind == "events":
            return self.send(200, {"kind": "EventList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": []})
        if kind != "pods" or "watch" in query or " in " in query.get("labelSelector", "").replace("notin", "in"):
            return self.fail(404, "NotFound", f"not known to this stand-in: {self.path}")
        if not name and self.command == "GET":
            with lock:
                items = [p.body for p in pods.values() if p.body["metadata"]["namespace"] == namespace and p.has(query.get("labelSelector", ""))]
            return self.send(200, {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": items})
        if not name and self.command == "POST":
            with lock:
                if body["metadata"]["name"] in pods:
                    return self.fail(409, "AlreadyExists")
                pod = pods[body["metadata"]["name"]] = Pod(namespace, body)
            return self.send(201, pod.body)
        pod = pods.get(name)
        if not pod or pod.body["metadata"]["namespace"] != namespace:
            return self.fail(404, "NotFound")
        if parts[6:] == ["log"] and self.command == "GET":
            return self.send_log(pod, query.get("follow", "").lower() == "true", query.get("timestamps", "").lower() == "true")
        if parts[6:]:
            return self.fail(404, "NotFound", f"not known to this stand-in: {self.path}")
        if self.command == "PATCH":
            for field in ("labels", "annotations"):
                changes = (body.get("metadata") or {}).get(field) or {}
                merged = {**(pod.body["metadata"].get(field) or {}), **changes}
                pod.body["metadata"][field] = {k: v for k, v in merged.items() if v is not None}
        elif self.command == "DELETE":
            pod.delete(float(body.get("gracePeriodSeconds") or query.get("gracePeriodSeconds") or 30))
        elif self.command != "GET":
            return self.fail(405, "MethodNotAllowed")
        return self.send(200, pod.body)

    def send_log(self, pod, follow, timestamps):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        sent = 0
        while True:
            done = pod.ended.is_set() or not follow  # before the lines: none may be missed
            for stamp, line in pod.log[sent:]:
                data = (f"{stamp} ".encode() if timestamps else b"") + line
                self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
                sent += 1
            if done:
                break
            pod.ended.wait(0.05)
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_PATCH = do_DELETE = handle_request


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True


def stop(*_):
    for pod in list(pods.values()):
        pod.signal(signal.SIGTERM)
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
with open(options.kubeconfig + ".new", "w") as kubeconfig:
    json.dump({
        "apiVersion": "v1", "kind": "Config", "current-context": "pods-as-processes",
        "clusters": [{"name": "pods-as-processes", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "users": [{"name": "nobody", "user": {"token": "none"}}],
        "contexts": [{"name": "pods-as-processes", "context": {"cluster": "pods-as-processes", "user": "nobody", "namespace": "default"}}],
    }, kubeconfig)
os.replace(options.kubeconfig + ".new", options.kubeconfig)
server.serve_forever()
