/** Types of what the way in on AWS is made of. */
export const types = {
  zone: "aws:route53/zone:Zone",
  record: "aws:route53/record:Record",
  certificate: "aws:acm/certificate:Certificate",
  validation: "aws:acm/certificateValidation:CertificateValidation",
  parameters: "kubernetes:eks.amazonaws.com/v1:IngressClassParams",
  ingressClass: "kubernetes:networking.k8s.io/v1:IngressClass",
  ingress: "kubernetes:networking.k8s.io/v1:Ingress",
  pool: "aws:cognito/userPool:UserPool",
  domain: "aws:cognito/userPoolDomain:UserPoolDomain",
  client: "aws:cognito/userPoolClient:UserPoolClient",
  group: "aws:cognito/userGroup:UserGroup",
};
